package io.howdah.backup.keep;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.wal.WalRange;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which WAL is kept: all of it from a position on, and before it what backups need to become
/// consistent. On every way that leads from a backup to a later moment positions only rise, over
/// timelines too; so the earliest start of the backups bounds what any of them can ever need. Of
/// timelines that no backup has reached yet everything is kept. Immutable.
///
/// @param from from here on all of it
/// @param timeline the newest one of the backups
/// @param islands what is needed before that position
public record WalKeep(Lsn from, TimelineId timeline, List<WalRange> islands) {

    public WalKeep {
        islands = List.copyOf(islands);
    }

    /// What backups need. The time for which every moment is within reach is counted twice: over
    /// all backups, and over those that lead to the newest line; what either wants is kept.
    ///
    /// @param kept the backups that are kept with the moments after them, one at least, oldest
    ///   first
    /// @param alone the backups that are kept for themselves: what they need to become consistent
    /// @param line on which the moments lie that are to be within reach
    /// @param age for how long before the newest backup every moment is to be within reach; empty
    ///   for as long as there are backups
    public static WalKeep of(
            List<BackupRecord> kept,
            List<BackupRecord> alone,
            NewestLine line,
            Optional<Duration> age) {
        List<BackupRecord> leading = kept.stream().filter(line::isReachedFrom).toList();
        Lsn ofAll = from(kept, age);
        Lsn from = leading.isEmpty() ? ofAll : Lsn.min(ofAll, from(leading, age));
        return from(from, Stream.concat(kept.stream(), alone.stream()).toList());
    }

    private static Lsn from(List<BackupRecord> kept, Optional<Duration> age) {
        Instant reach = age.map(each -> kept.getLast().stopTime().minus(each)).orElse(Instant.MIN);
        // The last backup that ended before then, or else the first one.
        Instant first =
                kept.stream()
                        .map(BackupRecord::stopTime)
                        .filter(stop -> !stop.isAfter(reach))
                        .max(Comparator.naturalOrder())
                        .orElse(Instant.MIN);
        return kept.stream()
                .filter(each -> !each.stopTime().isBefore(first))
                .map(BackupRecord::startLsn)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /// All from a position on, and what these backups need before it.
    public static WalKeep from(Lsn from, List<BackupRecord> kept) {
        return new WalKeep(
                from,
                kept.stream()
                        .map(BackupRecord::timeline)
                        .max(Comparator.naturalOrder())
                        .orElseThrow(),
                kept.stream()
                        .filter(each -> each.startLsn().compareTo(from) < 0)
                        .map(each -> new WalRange(each.startLsn(), each.stopLsn()))
                        .toList());
    }

    /// Whether a stretch of a timeline's WAL is kept.
    public boolean keeps(TimelineId of, WalRange range) {
        return of.compareTo(timeline) > 0
                || range.end().compareTo(from) > 0
                || islands.stream().anyMatch(range::overlaps);
    }
}
