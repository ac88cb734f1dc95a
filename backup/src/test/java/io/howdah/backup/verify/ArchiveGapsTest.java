package io.howdah.backup.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.sweep.SweptWal;
import io.howdah.backup.wal.WalGap;
import io.howdah.backup.wal.WalRange;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchiveGapsTest {

    private static final int SEGMENT = 1 << 20;
    private static final Instant BEGUN = Instant.parse("2026-11-01T00:00:00Z");
    private static final BackupRecord FIRST = backup(1, 10);
    private static final BackupRecord SECOND = backup(2, 20);

    @Test
    void gapBehindAKeptBackupIsMeantWhereAnotherGoesOn() {
        assertThat(unexpected(gap(12, 20), Set.of(FIRST.backupId()))).isEmpty();
        assertThat(unexpected(gap(12, 20), Set.of(FIRST.backupId(), SECOND.backupId()))).isEmpty();
    }

    @Test
    void gapBehindABackupThatARuleKeepsIsNone() {
        assertThat(unexpected(gap(12, 20), Set.of(SECOND.backupId()))).hasSize(1);
    }

    @Test
    void gapBehindTheLastBackupIsNoSweepsHoweverItIsKept() {
        Set<BackupId> both = Set.of(FIRST.backupId(), SECOND.backupId());
        assertThat(unexpected(gap(22, 25), both)).hasSize(1);
        assertThat(
                        ArchiveGaps.unexpected(
                                List.of(gap(12, 20)),
                                List.of(FIRST),
                                Set.of(FIRST.backupId()),
                                new SweptWal(List.of())))
                .as("the only one")
                .hasSize(1);
    }

    @Test
    void gapThatASweepHasMadeBetweenBackupsIsMeant() {
        assertThat(unexpected(gap(12, 20), swept(20, 1))).isEmpty();
        assertThat(unexpected(gap(12, 20), swept(25, 2))).isEmpty();
        assertThat(unexpected(gap(12, 20), swept(19, 1))).as("it reaches further").hasSize(1);
        assertThat(unexpected(gap(22, 25), swept(25, 1))).as("nothing leads on").hasSize(1);
        var later = new WalGap(new TimelineId(2), gap(12, 20).range());
        assertThat(unexpected(later, swept(20, 1))).as("of a later timeline").hasSize(1);
        assertThat(unexpected(gap(10, 20), swept(20, 1))).as("amid a backup").hasSize(1);
    }

    private static SweptWal swept(int segment, int timeline) {
        return new SweptWal(
                List.of(
                        new SweptWal.Swept(
                                new Lsn((long) segment * SEGMENT), new TimelineId(timeline))));
    }

    private static List<WalGap> unexpected(WalGap gap, SweptWal swept) {
        return ArchiveGaps.unexpected(List.of(gap), List.of(FIRST, SECOND), Set.of(), swept);
    }

    private static List<WalGap> unexpected(WalGap gap, Set<BackupId> byHand) {
        return ArchiveGaps.unexpected(
                List.of(gap), List.of(FIRST, SECOND), byHand, new SweptWal(List.of()));
    }

    private static WalGap gap(int first, int behind) {
        return new WalGap(
                TimelineId.FIRST,
                new WalRange(new Lsn((long) first * SEGMENT), new Lsn((long) behind * SEGMENT)));
    }

    private static BackupRecord backup(int hour, int segment) {
        Instant time = BEGUN.plus(Duration.ofHours(hour));
        return new BackupRecord(
                1,
                BackupId.at(time).text(),
                new SystemId(7301),
                "18.0",
                false,
                TimelineId.FIRST,
                new Lsn((long) segment * SEGMENT + 40),
                new Lsn((long) segment * SEGMENT + 1000),
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
