package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.wal.WalGap;
import io.howdah.backup.wal.WalIndex;
import io.howdah.backup.wal.WalSegment;
import io.howdah.backup.wal.WalSource;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Which WAL brings a backup to its target: along which timelines, and how far it goes. Immutable.
///
/// @param backup where replay begins
/// @param line the timelines that are followed
/// @param reach the end of what the repository has without a gap
/// @param histories the timelines whose histories are there
record WalPlan(BackupRecord backup, TimelineHistory line, Lsn reach, Set<TimelineId> histories) {

    /// PostgreSQL's records have at most 1020 MiB; with what pages add.
    private static final long LARGEST_RECORD_BYTES = 1L << 30;

    WalPlan {
        histories = Set.copyOf(histories);
    }

    /// The line of timelines that a restore follows.
    ///
    /// @throws BackupException when its history is not there
    static TimelineHistory line(WalIndex index, RestoreRequest request, TimelineId oldest) {
        TimelineId wanted = request.timeline().or(index::newest).orElse(oldest);
        return index.history(wanted)
                .orElseThrow(() ->
                        new BackupException(
                                "the repository has no history of timeline " + wanted,
                                "name another one with --timeline"));
    }

    /// The plan for a backup that the line leads over.
    ///
    /// @throws BackupException when WAL is missing before the end of the backup, or before the
    ///   target: also where the newest WAL is wanted, and a gap lies before it
    static WalPlan of(
            WalIndex index, TimelineHistory line, BackupRecord backup, RestoreTarget target) {
        Lsn reach = index.reach(line, backup.timeline(), backup.startLsn());
        if (backup.stopLsn().compareTo(reach) > 0) {
            throw new BackupException(
                    "the WAL that the backup "
                            + backup.id()
                            + " needs is not in the repository: it goes to "
                            + reach
                            + ", and "
                            + backup.stopLsn()
                            + " is needed",
                    "restore another backup: `howdah backup list`");
        }
        if (target instanceof RestoreTarget.Position(Lsn lsn) && lsn.compareTo(reach) > 0) {
            throw new BackupException(
                    "the target "
                            + target.description()
                            + " cannot be reached: the WAL from the backup "
                            + backup.id()
                            + " on goes to "
                            + reach
                            + " on timeline "
                            + line.current(),
                    "say --latest to have all of it, or name an earlier position");
        }
        if (target instanceof RestoreTarget.Latest) {
            index.nextGap(line, backup.timeline(), backup.startLsn())
                    .ifPresent(gap -> {
                        throw behindAGap(backup, gap);
                    });
        }
        return new WalPlan(backup, line, reach, index.histories().keySet());
    }

    private static BackupException behindAGap(BackupRecord backup, WalGap gap) {
        return new BackupException(
                "the newest WAL cannot be reached from the backup "
                        + backup.id()
                        + ": there is none from "
                        + gap,
                "restore to a moment before "
                        + gap.range().start()
                        + ", by --to or --to-lsn; what was written later is lost with the gap");
    }

    /// Refuses what PostgreSQL would find to be out of reach when it has replayed all: a time, and
    /// a position.
    ///
    /// @throws BackupException when nothing that is archived was committed after that time, or
    ///   begins at that position or behind it
    void requireReached(RestoreTarget target, ObjectStore store) {
        switch (target) {
            case RestoreTarget.At(Instant time) ->
                    new NewestCommit(this, store)
                            .find()
                            .filter(newest -> !newest.isAfter(time))
                            .ifPresent(newest -> {
                                throw new BackupException(
                                        "the target "
                                                + target.description()
                                                + " is not before the newest commit that is archived"
                                                + " on timeline "
                                                + line.current()
                                                + ", which is of "
                                                + newest,
                                        "say --latest to have all of it, or name an earlier time");
                            });
            case RestoreTarget.Position(Lsn lsn) ->
                    new LastRecord(this, store)
                            .start()
                            .filter(last -> lsn.compareTo(last) > 0)
                            .ifPresent(last -> {
                                throw behindTheLastRecord(target, last);
                            });
            case RestoreTarget.Latest _,
                    RestoreTarget.Immediate _,
                    RestoreTarget.Transaction _,
                    RestoreTarget.Name _ -> {}
        }
    }

    private BackupException behindTheLastRecord(RestoreTarget target, Lsn last) {
        return new BackupException(
                "the target "
                        + target.description()
                        + " lies behind "
                        + last
                        + ", where the last record begins that is archived on timeline "
                        + line.current()
                        + ": PostgreSQL reaches a position by a record that begins there or behind",
                "say --latest to have all of it"
                        + (last.isAtLeast(backup.stopLsn())
                                ? ", or name a position from " + backup.stopLsn() + " to " + last
                                : ""));
    }

    /// What hands the WAL to a server.
    WalSource source(ObjectStore store) {
        return new WalSource(store, backup.systemIdentifier(), line, backup.walSegmentBytes());
    }

    /// The names of the segments that lead to a target, in order; what lies behind it is left out
    /// where it is known where it lies. The segment in which a timeline is left is the next one's,
    /// which begins with what it took over: PostgreSQL asks for that first (`XLogFileReadAnyTLI`),
    /// and of the former one it may never have been archived.
    List<String> segments(RestoreTarget target) {
        Lsn needed = needed(target);
        var names = new ArrayList<String>();
        Lsn position = backup.startLsn();
        while (position.compareTo(needed) < 0) {
            Lsn end = WalSegment.at(line.current(), position, backup.walSegmentBytes()).end();
            names.add(segmentBefore(Lsn.min(end, needed)).name());
            position = end;
        }
        return names;
    }

    /// Those of them from the one on that holds a position.
    List<String> segmentsFrom(Lsn position, RestoreTarget target) {
        List<String> all = segments(target);
        long before = number(position) - number(backup.startLsn());
        return all.subList(Math.clamp(before, 0, all.size()), all.size());
    }

    private long number(Lsn position) {
        return WalSegment.at(line.current(), position, backup.walSegmentBytes()).number();
    }

    private Lsn needed(RestoreTarget target) {
        return switch (target) {
            case RestoreTarget.Position(Lsn lsn) -> Lsn.min(reach, behind(lsn));
            case RestoreTarget.Immediate _ -> Lsn.min(reach, behind(backup.stopLsn()));
            case RestoreTarget.Latest _,
                    RestoreTarget.At _,
                    RestoreTarget.Transaction _,
                    RestoreTarget.Name _ ->
                    reach;
        };
    }

    /// That a position is reached PostgreSQL sees by the record that begins behind it.
    private static Lsn behind(Lsn position) {
        return new Lsn(position.value() + LARGEST_RECORD_BYTES);
    }

    /// The segment with the byte before a position of the line.
    WalSegment segmentBefore(Lsn position) {
        TimelineId timeline =
                line.ended().stream()
                        .filter(each -> each.switchLsn().isAtLeast(position))
                        .map(TimelineHistory.Ended::timeline)
                        .findFirst()
                        .orElse(line.current());
        return WalSegment.at(timeline, new Lsn(position.value() - 1), backup.walSegmentBytes());
    }

    /// Those of the line.
    List<TimelineId> timelines() {
        return Stream.concat(
                        line.ended().stream().map(TimelineHistory.Ended::timeline),
                        Stream.of(line.current()))
                .toList();
    }
}
