package io.howdah.backup.take;

import io.howdah.backup.BackupException;
import io.howdah.postgres.TimelineId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What PostgreSQL writes into `backup_label`, which makes a copy begin its replay at the right
/// place. Immutable.
///
/// @param content the whole file
/// @param timeline the timeline that the backup began on
record BackupLabel(String content, TimelineId timeline) {

    private static final Pattern TIMELINE =
            Pattern.compile("^START TIMELINE: (\\d+)$", Pattern.MULTILINE);

    /// @throws BackupException when it names no timeline
    static BackupLabel parse(String content) {
        Matcher matcher = TIMELINE.matcher(content);
        if (!matcher.find()) {
            throw new BackupException(
                    "the server's backup_label names no timeline: '" + content.strip() + "'",
                    "this PostgreSQL is none of 15 to 18; report it");
        }
        return new BackupLabel(content, new TimelineId(Long.parseLong(matcher.group(1))));
    }
}
