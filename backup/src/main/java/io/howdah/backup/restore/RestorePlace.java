package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Tablespace;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.SystemId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The directory that is restored into. What is not empty is touched only when a restore of the
/// same backup was interrupted there, or when one was told to.
///
/// @param data the directory
/// @param request what is to be restored
record RestorePlace(DataDirectory data, RestoreRequest request) {

    private static final Set<PosixFilePermission> OWNER_ALONE =
            PosixFilePermissions.fromString("rwx------");

    private static final Set<PosixFilePermission> GROUP_READS =
            PosixFilePermissions.fromString("rwxr-x---");

    /// Sees that nobody else restores into the directory, from here on. What holds something that
    /// nobody asked to replace is refused before.
    ///
    /// @throws BackupException when somebody else does, it is not empty, or the tablespaces cannot
    ///   go where they are to
    RestoreLock lock(BackupRecord backup, DurableFiles files) {
        requireReach();
        Places _ = places(backup);
        Optional<RestoreMark> found = RestoreMark.read(data.path());
        if (found.isEmpty() && !request.delta() && !isEmpty(data.path())) {
            throw notEmpty(data.path(), found);
        }
        prepare(files);
        return RestoreLock.take(data.path(), files);
    }

    /// Refuses what is not ours to touch, then marks the directory.
    ///
    /// @param steps hears what was done
    /// @return whether there is something in it, of which the right parts stay
    /// @throws BackupException when it is in use, or not empty
    boolean take(BackupRecord backup, DurableFiles files, Consumer<RestoreStep> steps) {
        Optional<RestoreMark> found = RestoreMark.read(data.path());
        if (found.isPresent()) {
            Recovery.endInterrupted(data);
        }
        List<Long> running = new ServerProcesses(data).running();
        if (!running.isEmpty()) {
            throw new BackupException(
                    "a server runs in " + data + ": processes " + running,
                    "stop it, or restore into another directory");
        }
        if (found.isEmpty()) {
            requireNotMarkedAsRunning();
        }
        boolean full = !isEmpty(data.path());
        if (full && found.filter(mark -> mark.backup().equals(backup.id())).isEmpty()) {
            requireReplaceable(backup, found);
        }
        Places places = places(backup);
        var earlier = new EarlierTablespaces(data.path(), backup, places, files);
        RestoreMark mark =
                new RestoreMark(backup.id(), found.map(RestoreMark::tablespaces).orElse(Set.of()))
                        .with(earlier.own());
        for (Tablespace each : backup.tablespaces()) {
            Path place = places.of(Places.link(each));
            if (!isEmpty(place) && !mark.owns(place)) {
                throw occupied(each, place);
            }
        }
        earlier.requireKnown(mark);
        prepare(files);
        // The mark comes first: nothing else tells what is left without a control file.
        mark.with(places.tablespaces()).write(data.path(), files);
        steps.accept(RestoreStep.MARKED);
        if (full) {
            new ClearWay(files).toDirectory("global", data.path().resolve("global"));
            // Without it no server starts on what is neither the old nor the new.
            files.delete(data.path().resolve("global/pg_control"));
            earlier.clear(mark);
        }
        steps.accept(RestoreStep.CLEARED);
        return full;
    }

    /// A server in another container, or on another host that has the volume too, is no process
    /// here: only its file tells of it. What an interrupted restore has left is our own.
    private void requireNotMarkedAsRunning() {
        Path file = data.path().resolve("postmaster.pid");
        if (Files.exists(file)) {
            throw new BackupException(
                    file
                            + " says that a server runs there, in a container or on another host maybe",
                    "stop that server in order; if it crashed, delete the file when you are certain"
                            + " that nothing runs on this directory anywhere");
        }
    }

    /// As PostgreSQL wants it: open to its user alone, or to its group for reading.
    private void prepare(DurableFiles files) {
        files.createDirectory(data.path());
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(data.path());
            if (!mode.equals(GROUP_READS)) {
                Files.setPosixFilePermissions(data.path(), OWNER_ALONE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot change the mode of " + data.path(), e);
        }
    }

    /// Lets WAL make a tablespace in a place when that is empty, or this restore's already, which
    /// it is from then on. PostgreSQL wants the directory to be there, and its own.
    ///
    /// @return why it may not; empty where it may
    Optional<String> takeTablespace(Path place, DurableFiles files) {
        RestoreMark mark = RestoreMark.read(data.path()).orElseThrow();
        if (mark.owns(place)) {
            return Optional.empty();
        }
        try {
            if (!isEmpty(place)) {
                return Optional.of(
                        "there is something in that directory on this machine, which may be"
                                + " another server's");
            }
        } catch (UncheckedIOException e) {
            return Optional.of("that directory cannot be looked at here: " + e.getCause());
        }
        try {
            files.createDirectory(place);
        } catch (UncheckedIOException e) {
            return Optional.of("that directory cannot be made here: " + e.getCause());
        }
        mark.with(List.of(place)).write(data.path(), files);
        return Optional.empty();
    }

    Places places(BackupRecord backup) {
        List<Path> known =
                backup.tablespaces().stream().map(Tablespace::location).map(Path::of).toList();
        for (Path mapped : request.tablespaces().keySet()) {
            if (!known.contains(mapped)) {
                throw new BackupException(
                        "the backup " + backup.id() + " has no tablespace at " + mapped,
                        known.isEmpty()
                                ? "it has none at all; leave --tablespace-map out"
                                : "it has them at " + known);
            }
        }
        var places = new Places(data.path(), backup.tablespaces(), request.tablespaces());
        requireApart(places.tablespaces());
        return places;
    }

    /// Files of two tablespaces may have the same names.
    private void requireApart(List<Path> places) {
        for (Path each : places) {
            boolean mapped = request.tablespaces().containsValue(each);
            if (mapped && (each.startsWith(data.path()) || data.path().startsWith(each))) {
                throw mixed(each, data.path());
            }
        }
        for (int i = 0; i < places.size(); i++) {
            for (Path other : places.subList(i + 1, places.size())) {
                if (places.get(i).startsWith(other) || other.startsWith(places.get(i))) {
                    throw mixed(places.get(i), other);
                }
            }
        }
    }

    private static BackupException mixed(Path one, Path other) {
        return new BackupException(
                "a tablespace would go to " + one + ", and other files to " + other,
                "give each tablespace a directory of its own with --tablespace-map, outside of the others and of the data directory");
    }

    /// What is not empty is replaced when that was asked for, and when it is a copy of the same
    /// cluster or was to become one: what else it may be is nobody's to delete. A follower is made
    /// where nobody can be asked, of the next repository where one does not do.
    private void requireReplaceable(BackupRecord backup, Optional<RestoreMark> found) {
        boolean next = found.isPresent() && request.ending() == RestoreRequest.Ending.FOLLOWER;
        if (!request.delta() && !next) {
            throw notEmpty(data.path(), found);
        }
        if (found.isEmpty() && !isOfCluster(backup.systemIdentifier())) {
            throw new BackupException(
                    data
                            + " holds something else than a copy of the cluster "
                            + backup.systemIdentifier(),
                    "name another directory; --delta replaces a copy of the same cluster only");
        }
    }

    private boolean isOfCluster(SystemId system) {
        try {
            return data.content() == DataDirectory.Content.DATABASE
                    && data.controlData().systemId().equals(system);
        } catch (PostgresException e) {
            return false;
        }
    }

    private void requireReach() {
        Optional<Path> blocking = data.owner().blockingDirectory(data.path());
        if (blocking.isPresent()) {
            throw new BackupException(
                    "the user "
                            + data.owner().name()
                            + ", who runs PostgreSQL, cannot reach "
                            + data
                            + ": "
                            + blocking.get()
                            + " is closed to it",
                    "use a directory elsewhere, as in /var/lib, or chmod a+x " + blocking.get());
        }
    }

    private BackupException notEmpty(Path path, Optional<RestoreMark> found) {
        return new BackupException(
                path
                        + " is not empty"
                        + found.map(mark ->
                                        ", a restore of the backup "
                                                + mark.backup()
                                                + " was interrupted there")
                                .orElse(""),
                found.map(mark -> "say --backup " + mark.backup() + " to go on with it, ")
                                .orElse("")
                        + "name an empty directory, or say --delta to have what is in it"
                        + " replaced");
    }

    private BackupException occupied(Tablespace tablespace, Path place) {
        return new BackupException(
                place
                        + " is not empty, and the tablespace "
                        + tablespace.oid()
                        + " would go there: it may be another server's",
                "say where it goes instead: --tablespace-map "
                        + tablespace.location()
                        + "=DIRECTORY; for --delta, where this copy has it");
    }

    private static boolean isEmpty(Path directory) {
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, each -> !each.endsWith(RestoreLock.FILE))) {
            return !entries.iterator().hasNext();
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + directory, e);
        }
    }
}
