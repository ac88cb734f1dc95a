package io.howdah.backup.restore;

import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// How PostgreSQL is told to replay WAL up to a target.
///
/// @param target up to where
/// @param timeline which timeline is followed
/// @param restoreCommand what gets the WAL
/// @param pagesLost whether pages are zeros that were none: WAL that changes one would else end the
///   recovery
record RecoverySettings(
        RestoreTarget target, TimelineId timeline, String restoreCommand, boolean pagesLost) {

    /// A `restore_command` that has nothing: PostgreSQL looks into `pg_wal` then.
    static final String NO_ARCHIVE = "false";

    /// What names a target; PostgreSQL refuses two of them.
    private static final List<String> TARGETS =
            List.of(
                    "recovery_target",
                    "recovery_target_lsn",
                    "recovery_target_name",
                    "recovery_target_time",
                    "recovery_target_xid");

    /// PostgreSQL's settings.
    Map<String, String> asMap() {
        var settings = new TreeMap<>(target.settings());
        settings.put("restore_command", restoreCommand);
        settings.put("recovery_target_timeline", timeline.toString());
        settings.put("recovery_target_action", "promote");
        if (pagesLost) {
            settings.put("ignore_invalid_pages", "on");
        }
        return settings;
    }

    /// Adds them to what `ALTER SYSTEM` has set: for a first start that is somebody else's. What
    /// the server that was backed up had of such settings, in any of its files, holds no more.
    void appendTo(Path dataDirectory, DurableFiles files) {
        Path file = dataDirectory.resolve("postgresql.auto.conf");
        var content = new StringBuilder(read(file));
        content.append("# howdah restore; may go when the server has been started\n");
        SequencedMap<String, String> settings = new LinkedHashMap<>();
        // An empty target behind the one that is meant would be a second one.
        TARGETS.forEach(each -> settings.put(each, ""));
        settings.put("recovery_target_inclusive", "on");
        settings.put("recovery_min_apply_delay", "0");
        asMap().forEach((name, value) -> {
            settings.remove(name);
            settings.put(name, value);
        });
        settings.forEach((name, value) ->
                content.append(name).append(" = '").append(value.replace("'", "''")).append("'\n"));
        files.write(file, content.toString());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
