package io.howdah.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduledBackupsTest {

    private static final String SLOT = "20261128-220000";
    private static final TimelineHistory FIRST = TimelineHistory.startingAt(TimelineId.FIRST);

    @Test
    void slotIsDoneWhenABackupOfItLeadsToWhereTheServerIs() {
        BackupRecord backup = backup(TimelineId.FIRST, 1000);
        assertThat(ScheduledBackups.due(List.of(), () -> FIRST, SLOT)).contains(SLOT);
        assertThat(ScheduledBackups.due(List.of(backup), () -> FIRST, SLOT)).isEmpty();
        TimelineHistory behind = FIRST.then(new Lsn(1000), new TimelineId(3));
        assertThat(ScheduledBackups.due(List.of(backup), () -> behind, SLOT)).isEmpty();
    }

    /// Restored to an earlier moment, or lost with its primary's last WAL.
    @Test
    void backupBeyondAForkDoesNotDoForItsSlot() {
        BackupRecord lost = backup(TimelineId.FIRST, 1000);
        TimelineHistory before = FIRST.then(new Lsn(999), new TimelineId(3));
        assertThat(ScheduledBackups.due(List.of(lost), () -> before, SLOT))
                .as("under a name that is not done")
                .contains(SLOT + "-timeline-3");
        BackupRecord older = backup(TimelineId.FIRST, 900);
        assertThat(ScheduledBackups.due(List.of(lost, older), () -> before, SLOT)).isEmpty();
        BackupRecord next = backup(new TimelineId(3), 1200);
        assertThat(ScheduledBackups.due(List.of(next, lost), () -> before, SLOT)).isEmpty();
    }

    private static BackupRecord backup(TimelineId timeline, long stop) {
        Instant time = Instant.parse("2026-11-28T22:00:00Z").plusMillis(stop);
        return new BackupRecord(
                1,
                BackupId.at(time).text(),
                new SystemId(7301),
                "18.0",
                false,
                timeline,
                new Lsn(stop - 100),
                new Lsn(stop),
                time,
                time,
                1 << 24,
                true,
                List.of(),
                0,
                new ManifestSummary(1, 0, 0, 0, "", 0, ""),
                new DamagedPages(0, List.of()),
                LeftOutLinks.NONE);
    }
}
