package io.howdah.postgres;

import io.howdah.postgres.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a new database: UTF-8, the locale C.UTF-8 (PostgreSQL's own from 17 on, so that no update
/// of the operating system changes the order of an index), data checksums, SCRAM for hosts, the
/// operating system's word for the local socket. Its superuser is `postgres`, without a password.
///
/// @param installation whose `initdb` is run
public record InitDb(Installation installation) {

    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final int FIRST_MAJOR_WITH_OWN_LOCALE = 17;

    /// Makes the database. Takes a second or two, and more where the disk is slow.
    ///
    /// @param data missing or empty
    /// @throws PostgresException when there is something in the directory, the user that runs
    ///   PostgreSQL cannot reach it, or `initdb` fails, with what it said
    public void run(DataDirectory data) {
        requireEmpty(data);
        requireReach(data);
        new DurableFiles(data.owner()).createDirectory(data.path());
        Command.Result result =
                Command.run(
                        data.owner().command(arguments(data)),
                        Map.of("PATH", OperatingSystemUser.PATH, "LANG", "C.UTF-8", "TZ", "UTC"),
                        DEADLINE);
        if (!result.succeeded()) {
            throw new PostgresException(
                    "initdb failed in " + data + ": " + lastLines(result.output()),
                    "check the directory's owner, the space on its disk and the limits on memory");
        }
    }

    private List<String> arguments(DataDirectory data) {
        List<String> common =
                List.of(
                        installation.requireTool("initdb").toString(),
                        "--pgdata=" + data,
                        "--username=postgres",
                        "--encoding=UTF8",
                        "--locale=C.UTF-8",
                        "--data-checksums",
                        "--auth-local=peer",
                        "--auth-host=scram-sha-256",
                        "--no-instructions");
        if (installation.version().major() < FIRST_MAJOR_WITH_OWN_LOCALE) {
            return common;
        }
        List<String> arguments = new ArrayList<>(common);
        arguments.add("--locale-provider=builtin");
        arguments.add("--builtin-locale=C.UTF-8");
        return arguments;
    }

    private static void requireEmpty(DataDirectory data) {
        switch (data.content()) {
            case MISSING, EMPTY -> {}
            case DATABASE ->
                    throw new PostgresException(
                            data + " already holds a database of PostgreSQL " + data.majorVersion(),
                            "use it, or name an empty directory");
            case OTHER ->
                    throw new PostgresException(
                            data + " is not empty, and what is in it is no database",
                            "name an empty directory");
        }
    }

    private static void requireReach(DataDirectory data) {
        Optional<Path> blocking = data.owner().blockingDirectory(data.path());
        if (blocking.isPresent()) {
            throw new PostgresException(
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

    private static String lastLines(String output) {
        List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }
}
