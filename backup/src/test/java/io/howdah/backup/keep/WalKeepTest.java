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
import io.howdah.postgres.TimelineHistory;
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
    private static final int FIRST_LINE = 4; // of them
    private static final int SEGMENT = 1 << 20;
    private static final TimelineId SECOND = new TimelineId(2);
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
            WalKeep keep = WalKeep.of(ruled, alone, NewestLine.UNKNOWN, Optional.empty());
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
        assertThat(WalKeep.of(ruled, List.of(backup(0)), NewestLine.UNKNOWN, age).from())
                .isEqualTo(WalKeep.of(ruled, List.of(), NewestLine.UNKNOWN, age).from())
                .isEqualTo(backup(4).startLsn());
    }

    /// Four backups of a timeline that is left behind one of them, be it by a restore to an earlier
    /// moment or by a primary that was lost with what it had not sent; two of the next timeline,
    /// which begin half an hour after the last of the four. Whatever a rule keeps of them, and for
    /// however long WAL is kept: every moment of the line within that time is reached from a backup
    /// that is kept and leads there; and nothing goes that would stay if timelines did not count.
    @Test
    void everyMomentOfTheNewestLineThatIsPromisedIsReached() {
        for (int fork = 0; fork < FIRST_LINE; fork++) {
            List<BackupRecord> all = forked(fork);
            var line = new NewestLine(Optional.of(history(fork)));
            for (int kept = 1; kept < 1 << BACKUPS; kept++) {
                List<BackupRecord> ruled = subset(all, kept);
                for (int halfHours = -1; halfHours <= 2 * BACKUPS; halfHours++) {
                    Optional<Duration> age =
                            halfHours < 0
                                    ? Optional.empty()
                                    : Optional.of(Duration.ofMinutes(30L * halfHours));
                    WalKeep keep = WalKeep.of(ruled, List.of(), line, age);
                    requireReached(fork, ruled, line, age, keep);
                    requireNoLess(keep, WalKeep.of(ruled, List.of(), NewestLine.UNKNOWN, age));
                }
            }
        }
    }

    private static void requireReached(
            int fork,
            List<BackupRecord> ruled,
            NewestLine line,
            Optional<Duration> age,
            WalKeep keep) {
        List<BackupRecord> leading = ruled.stream().filter(line::isReachedFrom).toList();
        if (leading.isEmpty()) {
            return;
        }
        Instant newest = leading.getLast().stopTime();
        for (int halfHour = 0; halfHour <= 2 * BACKUPS; halfHour++) {
            double hour = halfHour / 2.0;
            Instant moment = BEGUN.plus(Duration.ofMinutes(30L * halfHour));
            boolean second = hour >= FIRST_LINE;
            boolean onLine = second || hour <= fork;
            boolean promised = age.map(each -> !moment.isBefore(newest.minus(each))).orElse(true);
            List<BackupRecord> before =
                    leading.stream().filter(each -> !each.stopTime().isAfter(moment)).toList();
            if (!onLine || !promised || before.isEmpty()) {
                continue;
            }
            BackupRecord from = before.getLast();
            Lsn left = forkAt(fork);
            Lsn end =
                    second
                            ? new Lsn(secondLine(fork, hour).value() + 1000)
                            : new Lsn((long) ((3 * hour + 1) * SEGMENT) + 1000);
            if (from.timeline().equals(TimelineId.FIRST)) {
                requireKept(keep, from.timeline(), from.startLsn(), Lsn.min(end, left));
            }
            if (second) {
                requireKept(keep, SECOND, Lsn.max(from.startLsn(), left), end);
            }
        }
    }

    private static void requireKept(WalKeep keep, TimelineId timeline, Lsn from, Lsn end) {
        for (long number = from.value() / SEGMENT; number * SEGMENT < end.value(); number++) {
            assertThat(keep.keeps(timeline, segment((int) number)))
                    .as("%s of timeline %s, by %s", number, timeline, keep)
                    .isTrue();
        }
    }

    private static void requireNoLess(WalKeep keep, WalKeep before) {
        for (TimelineId timeline : List.of(TimelineId.FIRST, SECOND)) {
            for (int number = 0; number < 3 * BACKUPS + 2; number++) {
                assertThat(
                                keep.keeps(timeline, segment(number))
                                        || !before.keeps(timeline, segment(number)))
                        .isTrue();
            }
        }
    }

    private static List<BackupRecord> subset(List<BackupRecord> all, int bits) {
        var subset = new ArrayList<BackupRecord>();
        for (int i = 0; i < all.size(); i++) {
            if ((bits >> i & 1) == 1) {
                subset.add(all.get(i));
            }
        }
        return subset;
    }

    private static List<BackupRecord> forked(int fork) {
        var all = new ArrayList<BackupRecord>();
        for (int number = 0; number < BACKUPS; number++) {
            all.add(
                    number < FIRST_LINE
                            ? backup(number)
                            : backup(number, SECOND, secondLine(fork, number)));
        }
        return all;
    }

    /// In the second segment behind the one that the backup is of.
    private static Lsn forkAt(int backup) {
        return new Lsn((3L * backup + 2) * SEGMENT + 500);
    }

    private static TimelineHistory history(int fork) {
        return TimelineHistory.startingAt(TimelineId.FIRST).then(forkAt(fork), SECOND);
    }

    /// Where the next timeline is at an hour.
    private static Lsn secondLine(int fork, double hour) {
        return new Lsn(forkAt(fork).value() + (long) ((3 * (hour - FIRST_LINE) + 1) * SEGMENT));
    }

    private static WalRange segment(int number) {
        return new WalRange(new Lsn((long) number * SEGMENT), new Lsn((number + 1L) * SEGMENT));
    }

    /// Of each third segment, and an hour after the one before.
    private static BackupRecord backup(int number) {
        return backup(number, TimelineId.FIRST, new Lsn((3L * number + 1) * SEGMENT));
    }

    private static BackupRecord backup(int number, TimelineId timeline, Lsn position) {
        Instant time = BEGUN.plus(Duration.ofHours(number));
        return new BackupRecord(
                1,
                BackupId.at(time).text(),
                new SystemId(7301),
                "18.0",
                false,
                timeline,
                new Lsn(position.value() + 40),
                new Lsn(position.value() + 1000),
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
