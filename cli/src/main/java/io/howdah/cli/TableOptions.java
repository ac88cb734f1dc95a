package io.howdah.cli;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.ScratchPlace;
import io.howdah.backup.restore.TablesRequest;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which tables are brought back, and where to.
final class TableOptions {

    private static final Pattern DATABASE =
            Pattern.compile("\\bdbname\\s*=\\s*'?([^'\\s]+)|^postgres(?:ql)?://[^/]*/([^?]+)");

    @Option(
            names = "--table",
            required = true,
            paramLabel = "NAME",
            description =
                    "Instead: this table, as in sales.orders, from a copy that is deleted afterwards. May be given several times.")
    private List<String> names = List.of();

    @Option(
            names = "--into",
            required = true,
            paramLabel = "DSN",
            description =
                    "Where the tables go: a libpq connection string without a password (~/.pgpass, PGPASSWORD).")
    private String into = "";

    @Option(
            names = "--database",
            paramLabel = "NAME",
            description = "The database that they were in; default: the one that --into names.")
    private @Nullable String database;

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description = "Where the copy goes, in a directory of its own; default: /var/tmp.")
    private Path scratch = Path.of("/var/tmp");

    TableOptions() {}

    TablesRequest request(
            RestoreTarget target,
            Optional<BackupId> backup,
            Optional<TimelineId> timeline,
            int workers) {
        return new TablesRequest(
                names,
                database(),
                into,
                ofLibpq(System.getenv()),
                target,
                backup,
                timeline,
                new ScratchPlace(scratch.resolve("howdah-tables-" + ProcessHandle.current().pid())),
                workers);
    }

    private String database() {
        if (database != null) {
            return database;
        }
        Matcher named = DATABASE.matcher(into);
        if (!named.find()) {
            throw CommandFailure.wrongUsage(
                    "neither --database nor --into names the database of the tables",
                    "say --database NAME, or dbname=NAME in --into");
        }
        return named.group(1) == null ? named.group(2) : named.group(1);
    }

    /// HOME is where ~/.pgpass and certificates are.
    private static Map<String, String> ofLibpq(Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(each -> each.getKey().startsWith("PG") || each.getKey().equals("HOME"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
