package io.howdah.postgres;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Turns what a server wrote before it died into one error that says what to do. Pure.
final class StartFailure {

    private record Known(Pattern pattern, String hint) {}

    private static final List<Known> KNOWN =
            List.of(
                    known(
                            "FATAL: +directory \"[^\"]*\" does not exist",
                            "make it on this host, owned by the user that runs PostgreSQL: a"
                                    + " tablespace is to lie there"),
                    known(
                            "could not (?:bind|create any TCP/IP sockets)|Address already in use",
                            "free the port, or configure another one"),
                    known(
                            "lock file \"[^\"]*\" already exists",
                            "another server uses this directory or socket: stop it first"),
                    known(
                            "pre-existing shared memory block",
                            "processes of an earlier server still run: end them first"),
                    known(
                            "database files are incompatible|not compatible with this version",
                            "use the PostgreSQL version that made this data directory"),
                    known(
                            "has wrong ownership|invalid permissions|Permission denied",
                            "give the data directory to the user that runs PostgreSQL, mode 0700"),
                    known(
                            "could not map anonymous shared memory|could not create shared memory",
                            "lower shared_buffers or max_connections in postgres.parameters"),
                    known(
                            "unrecognized configuration parameter|invalid value for parameter"
                                    + "|is outside the valid range|contains errors",
                            "correct it in postgres.parameters"),
                    known(
                            "could not access file",
                            "take it out of shared_preload_libraries, or install its package"),
                    known("No space left on device", "free space on the disk, then start again"),
                    known(
                            "insufficient parameter settings",
                            "raise this setting to the primary's value in postgres.parameters"),
                    known(
                            "could not locate (?:a valid|required) checkpoint record"
                                    + "|requested timeline \\d+ is not a child"
                                    + "|invalid checkpoint record",
                            "replace this data directory by a fresh copy (howdah reinit)"));

    private static final Pattern SERIOUS = Pattern.compile("\\b(FATAL|PANIC|ERROR): +(.*)");
    private static final Pattern ANY = Pattern.compile("(LOG|WARNING|HINT|DETAIL|FATAL): +(.*)");

    private StartFailure() {}

    private static Known known(String pattern, String hint) {
        return new Known(Pattern.compile(pattern), hint);
    }

    /// @param log what the server wrote since it was started
    static PostgresException explain(Path dataDirectory, int port, String log) {
        List<String> lines = log.lines().filter(line -> !line.isBlank()).toList();
        for (Known known : KNOWN) {
            for (String line : lines) {
                if (known.pattern.matcher(line).find()) {
                    return new PostgresException(
                            "PostgreSQL did not start in "
                                    + dataDirectory
                                    + " on port "
                                    + port
                                    + ": "
                                    + message(line),
                            known.hint);
                }
            }
        }
        String last =
                lines.reversed().stream()
                        .filter(line -> SERIOUS.matcher(line).find())
                        .findFirst()
                        .or(() -> lines.isEmpty() ? Optional.empty() : Optional.of(lines.getLast()))
                        .orElse("it ended without a word");
        return new PostgresException(
                "PostgreSQL did not start in " + dataDirectory + ": " + message(last),
                "its log says more");
    }

    static PostgresException portTaken(String address, int port, Throwable cause) {
        return new PostgresException(
                "cannot listen on port " + port + " of " + address + ": " + cause.getMessage(),
                "free the port (`ss -ltnp` names the program that holds it), or configure another",
                cause);
    }

    /// The line without time, process and severity.
    private static String message(String line) {
        var matcher = ANY.matcher(line);
        return matcher.find() ? matcher.group(2) : line.strip();
    }
}
