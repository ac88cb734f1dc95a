package io.howdah.cluster.member;

import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.ServerSettings;
import io.howdah.postgres.process.Command;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether PostgreSQL would take settings, asked of PostgreSQL itself before anybody relies on
/// them: the program of this node reads them as it would at a start, so every rule of its own
/// counts. Thread-safe.
public final class SettingsCheck {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /// Settings that name libraries, which a start needs and no check of PostgreSQL's looks for.
    private static final List<String> LIBRARIES =
            List.of(
                    "shared_preload_libraries",
                    "session_preload_libraries",
                    "local_preload_libraries");

    private static final Pattern MESSAGE =
            Pattern.compile("(LOG|ERROR|FATAL|HINT|DETAIL):\\s+(.*)");
    private static final Pattern PLACE = Pattern.compile(" in file \".*\" line [0-9]+");

    private final ManagedSettings managed;
    private final Path directory;
    private final OperatingSystemUser owner;
    private final ConnectionSettings connection;
    private final AtomicLong checks = new AtomicLong();

    SettingsCheck(
            ManagedSettings managed,
            Path directory,
            OperatingSystemUser owner,
            ConnectionSettings connection) {
        this.managed = managed;
        this.directory = directory;
        this.owner = owner;
        this.connection = connection;
    }

    /// What the server that runs here says of a setting.
    ///
    /// @param context when it can be changed, as in `postmaster` for at a start
    /// @param form its values in words, as in `integer 1 to 262143`
    public record Known(String context, String form) {

        /// Whether a change waits for a restart.
        public boolean needsRestart() {
            return context.equals("postmaster");
        }
    }

    /// The settings that the server that runs here has, by their names. Empty when it does not
    /// answer.
    public Map<String, Known> known() {
        Map<String, Known> known = new TreeMap<>();
        try (PostgresConnection session = PostgresConnection.open(connection)) {
            for (Row row :
                    session.query(
                            """
                            select name, context,
                                   vartype
                                   || coalesce(' ' || min_val || ' to ' || max_val, '')
                                   || coalesce(' in units of ' || unit, '')
                                   || coalesce(': ' || pg_catalog.array_to_string(enumvals, ', '), '')
                                   as form
                              from pg_catalog.pg_settings
                            """)) {
                known.put(row.text("name"), new Known(row.text("context"), row.text("form")));
            }
        } catch (WireException e) {
            known.clear();
        }
        return known;
    }

    /// Checks all settings of the operator's together.
    ///
    /// @throws PostgresException when one cannot work, with a fact and a HINT
    public void check(Map<String, String> parameters, List<String> access) {
        ServerSettings settings = ServerFiles.generated(managed).withOperators(parameters);
        ServerFiles.access(managed, ServerFiles.logins(owner), access);
        for (String name : LIBRARIES) {
            requireLibraries(name, parameters.getOrDefault(name, ""));
        }
        DurableFiles files = new DurableFiles(owner);
        files.createDirectory(directory);
        Path file = directory.resolve("check-" + checks.incrementAndGet() + ".conf");
        try {
            files.write(file, settings.render());
            requireReadable(file);
        } finally {
            files.delete(file);
        }
    }

    private void requireLibraries(String name, String value) {
        Arrays.stream(value.split(",", -1))
                .map(library -> library.strip().replaceAll("^\"|\"$", ""))
                .filter(library -> !library.isEmpty() && !library.startsWith("/"))
                .map(library -> library.replaceFirst("^\\$libdir/", ""))
                .filter(library -> !managed.installation().hasLibrary(library))
                .findFirst()
                .ifPresent(missing -> {
                    throw new PostgresException(
                            name
                                    + " names "
                                    + missing
                                    + ", which is not installed on "
                                    + managed.self(),
                            "install it on every node first: PostgreSQL does not start without it");
                });
    }

    private void requireReadable(Path file) {
        Command.Result result =
                Command.run(
                        owner.command(
                                List.of(
                                        managed.installation().requireTool("postgres").toString(),
                                        "-D",
                                        directory.toString(),
                                        "-C",
                                        "max_connections",
                                        "-c",
                                        "config_file=" + file)),
                        Map.of("PATH", OperatingSystemUser.PATH, "LANG", "C", "TZ", "UTC"),
                        DEADLINE);
        if (!result.succeeded()) {
            throw refusal(result.output());
        }
    }

    /// PostgreSQL's own words: the first complaint, with its hint where it has one.
    static PostgresException refusal(String output) {
        String fact = "";
        String hint = "correct the value; PostgreSQL's documentation has each setting's";
        for (String line : output.lines().toList()) {
            Matcher matcher = MESSAGE.matcher(line);
            if (!matcher.find()) {
                continue;
            }
            String text = matcher.group(2).strip();
            switch (matcher.group(1)) {
                case "HINT", "DETAIL" -> hint = text;
                default -> {
                    if (fact.isEmpty() && !text.startsWith("skipping missing")) {
                        fact = PLACE.matcher(text).replaceAll("");
                    }
                }
            }
        }
        return new PostgresException(
                fact.isEmpty()
                        ? "PostgreSQL does not take these settings: " + output.strip()
                        : fact,
                hint);
    }
}
