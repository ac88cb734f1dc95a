package io.howdah.backup.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.wal.WalRange;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WalKeepTest {

    private static final int BACKUPS = 6;
    private static final int SEGMENT = 1 << 20;
    private static final Instant BEGUN = Instant.parse("2026-11-01T00:00:00Z");

    private enum Fate {
        GOES,
        RULED,
        ALONE
    }

    /// Whatever is said of each of six backups: what a rule keeps has all WAL from its start on,
    /// what is kept by hand has its own, and no other segment stays.
    @Test
    void eachBackupHasTheWalThatIsPromised() {
        List<BackupRecord> all =
                Stream.iterate(0, i -> i + 1).limit(BACKUPS).map(WalKeepTest::backup).toList();
        for (int code = 0; code < Math.pow(3, BACKUPS - 1); code++) {
            var ruled = new ArrayList<BackupRecord>();
            var alone = new ArrayList<BackupRecord>();
            int rest = code;
            for (int i = 0; i < BACKUPS; i++) {
                // a rule keeps the newest always
                Fate fate = i == BACKUPS - 1 ? Fate.RULED : Fate.values()[rest % 3];
                rest /= 3;
                switch (fate) {
                    case GOES -> {}
                    case RULED -> ruled.add(all.get(i));
                    case ALONE -> alone.add(all.get(i));
                }
            }
            WalKeep keep = WalKeep.of(ruled, alone, Optional.empty());
            for (int segment = 0; segment < 3 * BACKUPS + 2; segment++) {
                WalRange range = segment(segment);
                boolean behindARule =
                        ruled.stream().anyMatch(each -> range.end().compareTo(each.startLsn()) > 0);
                boolean ofOneAlone =
                        alone.stream()
                                .anyMatch(each ->
                                        range.end().compareTo(each.startLsn()) > 0
                                                && range.start().compareTo(each.stopLsn()) < 0);
                assertThat(keep.keeps(TimelineId.FIRST, range))
                        .as("segment %s of %s and %s", segment, ruled, alone)
                        .isEqualTo(behindARule || ofOneAlone);
            }
        }
    }

    @Test
    void whatIsKeptByHandIsNoMeasureForTheTimeThatWalIsKept() {
        List<BackupRecord> ruled = List.of(backup(2), backup(3), backup(4), backup(5));
        var age = Optional.of(Duration.ofHours(1));
        assertThat(WalKeep.of(ruled, List.of(backup(0)), age).from())
                .isEqualTo(WalKeep.of(ruled, List.of(), age).from())
                .isEqualTo(backup(4).startLsn());
    }

    private static WalRange segment(int number) {
        return new WalRange(new Lsn((long) number * SEGMENT), new Lsn((number + 1L) * SEGMENT));
    }

    /// Of each third segment, and an hour after the one before.
    private static BackupRecord backup(int number) {
        Instant time = BEGUN.plus(Duration.ofHours(number));
        return new BackupRecord(
                1,
                BackupId.at(time).text(),
                new SystemId(7301),
                "18.0",
                false,
                TimelineId.FIRST,
                new Lsn((3L * number + 1) * SEGMENT + 40),
                new Lsn((3L * number + 1) * SEGMENT + 1000),
                time,
                time,
                SEGMENT,
                true,
                List.of(),
                0,
                new ManifestSummary(1, 0, 0, 0, "", 0, ""),
                new DamagedPages(0, List.of()),
                LeftOutLinks.NONE);
    }
}
