package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.PostgresVersion;
import io.howdah.postgres.Tablespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The tablespaces that a directory has had before a backup is restored into it.
///
/// @param directory the data directory
/// @param places where the backup's files go
record EarlierTablespaces(Path directory, BackupRecord backup, Places places, DurableFiles files) {

    /// Where those of the backup's lie that become the restored copy's own.
    List<Path> own() {
        return linked().stream().filter(places.tablespaces()::contains).toList();
    }

    /// What the links lead to. But for those of the backup's that go elsewhere now: they stay as
    /// they are, whosever they are.
    private List<Path> linked() {
        if (Files.isSymbolicLink(directory.resolve("pg_tblspc"))) {
            return List.of();
        }
        List<Path> elsewhere =
                backup.tablespaces().stream()
                        .map(each -> directory.resolve(Places.link(each)))
                        .filter(Files::isSymbolicLink)
                        .map(EarlierTablespaces::target)
                        .filter(each -> !places.tablespaces().contains(each))
                        .toList();
        return Tablespaces.of(directory).stream()
                .filter(each -> !elsewhere.contains(each))
                .toList();
    }

    /// Refuses files in a place that the backup has no tablespace in, and of which a link is all
    /// that is known: where the directory is a copy made by other means, the server that it was
    /// copied of has its link as well.
    ///
    /// @param mark of what a restore has made here
    void requireKnown(RestoreMark mark) {
        linked().stream()
                .filter(each -> !places.tablespaces().contains(each) && !mark.owns(each))
                .filter(each -> !found(each).isEmpty())
                .findFirst()
                .ifPresent(unknown -> {
                    throw new BackupException(
                            directory
                                    + " has a tablespace at "
                                    + unknown
                                    + " that the backup "
                                    + backup.id()
                                    + " does not have: what lies there may be another server's",
                            "where it is this directory's alone, delete "
                                    + found(unknown).getFirst()
                                    + " first; else take its link out of "
                                    + directory.resolve("pg_tblspc"));
                });
    }

    private static Path target(Path link) {
        try {
            return link.resolveSibling(Files.readSymbolicLink(link));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the link " + link, e);
        }
    }

    /// Deletes the files in places of the copy's own that the backup has no tablespace in. WAL may
    /// make one there anew, and a server that replays goes on with the files that it finds: it
    /// would read what was written after the target.
    void clear(RestoreMark mark) {
        linked().stream()
                .filter(each -> !places.tablespaces().contains(each) && mark.owns(each))
                .flatMap(each -> found(each).stream())
                .forEach(files::deleteTree);
    }

    /// The directories of that version in a place, which may hold other versions' as well.
    private List<Path> found(Path place) {
        int major = PostgresVersion.parse(backup.postgresVersion()).major();
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(place, "PG_" + major + "_*")) {
            entries.forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look through " + place, e);
        }
        return found;
    }
}
