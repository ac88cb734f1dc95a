package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupId;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which tables are brought back, from when, and to where. Immutable.
///
/// @param tables their names as SQL writes them; at least one
/// @param database where they were
/// @param into a libpq connection string for where they go, without a password
/// @param environment libpq's variables for getting there, as `PGPASSFILE`
/// @param target from when
/// @param backup which backup; empty for the newest one that reaches the target
/// @param timeline which timeline is followed; empty for the newest
/// @param scratch where the copy goes that they are taken from
/// @param workers how many threads write, 1 to 64
public record TablesRequest(
        List<String> tables,
        String database,
        String into,
        Map<String, String> environment,
        RestoreTarget target,
        Optional<BackupId> backup,
        Optional<TimelineId> timeline,
        ScratchPlace scratch,
        int workers) {

    private static final Pattern PASSWORD =
            Pattern.compile("(?i)\\bpassword\\s*=|^postgres(ql)?://[^/@:]*:[^/@]*@|[?&]password=");

    /// @throws BackupException when the connection string holds a password, or a name is a pattern
    public TablesRequest {
        tables = List.copyOf(tables);
        environment = Map.copyOf(environment);
        if (PASSWORD.matcher(into).find()) {
            throw new BackupException(
                    "the connection string holds a password, which every user of this machine could"
                            + " read among the processes",
                    "put it into ~/.pgpass, or the variable PGPASSWORD");
        }
        for (String table : tables) {
            if (table.isBlank() || table.matches(".*[*?].*")) {
                throw new BackupException(
                        "'" + table + "' is not the name of one table",
                        "write it as in SQL: orders, sales.orders, \"Orders\"");
            }
        }
    }
}
