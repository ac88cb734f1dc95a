package io.howdah.cli.screen;

import io.howdah.node.api.BackupStatus;
import io.howdah.node.api.ClusterStatus;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a status says of backups under way, and of an archive that does not go on. Pure.
final class BackupRemarks {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT);

    private BackupRemarks() {}

    /// The lines; none where there is nothing to say.
    static List<String> of(ClusterStatus status, ZoneId zone, boolean colours) {
        var lines = new ArrayList<String>();
        List<BackupStatus> backups = status.backups();
        if (backups != null) {
            backups.forEach(each -> lines.add(line(each, zone)));
        }
        String problem = status.archiveProblem();
        if (problem != null) {
            ("WAL is not archived: " + problem)
                    .lines()
                    .forEach(line -> lines.add(Style.YELLOW.paint(line, colours)));
        }
        return lines;
    }

    private static String line(BackupStatus backup, ZoneId zone) {
        return "backup "
                + backup.id()
                + " of "
                + backup.member()
                + " is under way since "
                + TIME.format(backup.since().atZone(zone))
                + ": "
                + Quantity.bytes(backup.doneBytes())
                + " of "
                + Quantity.bytes(backup.totalBytes())
                + " read";
    }
}
