package io.howdah.cluster.adoption;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Tablespaces;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// What will be otherwise than before, for the operator. For one thread.
final class Remarks {

    private final List<String> lines = new ArrayList<>();

    private Remarks() {}

    /// @param managed settings that Howdah manages itself
    /// @param access what becomes of `pg_hba.conf`; empty when nothing is otherwise
    /// @param port PostgreSQL's, from now on
    static List<String> of(
            DataDirectory data,
            Survey.Found found,
            SortedSet<String> managed,
            Optional<String> access,
            int port) {
        Remarks remarks = new Remarks();
        FormerServer server = found.server();
        FormerAnswers answers = found.answers();
        if (server == null || answers == null) {
            remarks.add(
                    "its server does not run, so only settings made by ALTER SYSTEM are carried over,"
                            + " none of its postgresql.conf and pg_hba.conf");
        } else {
            remarks.server(server, port);
            remarks.settings(answers, managed);
            remarks.clients(answers);
            access.ifPresent(remarks::add);
        }
        remarks.files(data, found);
        return List.copyOf(remarks.lines);
    }

    private void add(String line) {
        lines.add(line);
    }

    private void server(FormerServer server, int port) {
        unit(server.pid())
                .ifPresent(unit ->
                        add(
                                "it is run by systemd: `systemctl disable "
                                        + unit
                                        + "`, else the next boot starts it beside Howdah"));
        if (server.port() != port) {
            add("its port was " + server.port() + " and will be " + port);
        }
    }

    /// The service that a process belongs to.
    private static Optional<String> unit(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
                    .map(line -> line.substring(line.lastIndexOf('/') + 1))
                    .filter(name -> name.startsWith("postgres") && name.endsWith(".service"))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void settings(FormerAnswers answers, SortedSet<String> managed) {
        if (!managed.isEmpty()) {
            add(
                    "Howdah manages these settings itself, so they are not carried over: "
                            + String.join(", ", managed));
        }
        if (!answers.setting("synchronous_standby_names").isEmpty()) {
            add(
                    "how many standbys confirm a commit is said by durability and"
                            + " synchronous-standbys from now on");
        }
        boolean archives =
                !answers.setting("archive_command").isEmpty()
                        || !answers.setting("archive_library").isEmpty();
        if (archives) {
            add(
                    "WAL goes on to be archived as before, by whichever node leads: the program must"
                            + " be on every node");
        }
    }

    private void clients(FormerAnswers answers) {
        add(
                "the superuser postgres logs in by its host's own socket only, whatever pg_hba.conf said");
        if (!answers.slots().isEmpty()) {
            add(
                    "replication slots stay on this node alone, and keep WAL until they are dropped: "
                            + String.join(", ", answers.slots()));
        }
        if (!answers.receivers().isEmpty()) {
            add(
                    "these stream from it and will be cut off until they are adopted, or admitted by"
                            + " postgres.access: "
                            + String.join(", ", answers.receivers()));
        }
        if (!answers.md5Roles().isEmpty()) {
            add(
                    "these roles cannot log in by scram-sha-256 until their passwords are set anew: "
                            + String.join(", ", answers.md5Roles()));
        }
    }

    private void files(DataDirectory data, Survey.Found found) {
        if (!found.control().hasDataChecksums()) {
            add("its pages have no checksums, and neither will copies of it");
        }
        boolean begins = found.candidate().role() == AdoptionOrder.Role.PRIMARY;
        if (begins && hasUnlogged(data.path().resolve("base"))) {
            add("unlogged tables are emptied, as by every failover");
        }
        wal(data.path().resolve("pg_wal"));
        for (Path place : Tablespaces.of(data.path())) {
            add(
                    "it has a tablespace in "
                            + place
                            + ": fresh copies have theirs in a new folder below "
                            + Tablespaces.chosen(place)
                            + " on their hosts, which must be there, or let itself be made");
        }
        place(data.path());
        if (data.replacement().isMountPoint()) {
            add(
                    data
                            + " is a mount point, so a fresh copy could not take its place: `howdah"
                            + " reinit` will fail here until it lies one folder down");
        }
    }

    private void wal(Path directory) {
        if (Files.isSymbolicLink(directory)) {
            try {
                add(
                        "its WAL lies in "
                                + directory.toRealPath()
                                + ": a fresh copy has its own in the data directory, and leaves what is"
                                + " there");
            } catch (IOException e) {
                add("its WAL cannot be found: " + e.getMessage());
            }
        }
    }

    /// A fresh copy is built beside the data directory.
    private void place(Path directory) {
        Path parent = directory.getParent();
        if (parent != null && !Files.isWritable(parent)) {
            add(
                    parent
                            + " may not be written by this agent, so a fresh copy could not take the"
                            + " place of "
                            + directory);
        }
    }

    /// An unlogged table has a file that it is reset from.
    private static boolean hasUnlogged(Path base) {
        try (DirectoryStream<Path> databases = Files.newDirectoryStream(base)) {
            for (Path database : databases) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(database, "*_init")) {
                    if (files.iterator().hasNext()) {
                        return true;
                    }
                }
            }
            return false;
        } catch (IOException e) {
            // dropped while we look: it is a remark only
            return false;
        }
    }
}
