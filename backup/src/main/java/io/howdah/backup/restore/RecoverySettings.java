package io.howdah.backup.restore;

import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// How PostgreSQL is told to replay WAL up to a target.
///
/// @param target up to where
/// @param timeline which timeline is followed
/// @param restoreCommand what gets the WAL
record RecoverySettings(RestoreTarget target, TimelineId timeline, String restoreCommand) {

    /// A `restore_command` that has nothing: PostgreSQL looks into `pg_wal` then.
    static final String NO_ARCHIVE = "false";

    /// PostgreSQL's settings.
    Map<String, String> asMap() {
        var settings = new TreeMap<>(target.settings());
        settings.put("restore_command", restoreCommand);
        settings.put("recovery_target_timeline", timeline.toString());
        settings.put("recovery_target_action", "promote");
        return settings;
    }

    /// Adds them to what `ALTER SYSTEM` has set: for a first start that is somebody else's.
    void appendTo(Path dataDirectory, DurableFiles files) {
        Path file = dataDirectory.resolve("postgresql.auto.conf");
        var content = new StringBuilder(read(file));
        content.append("# howdah restore; may go when the server has been started\n");
        asMap().forEach((name, value) ->
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
