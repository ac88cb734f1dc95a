package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// Where an archive goes on. Immutable.
///
/// @param timeline on which timeline
/// @param position from which position
record ArchivePoint(TimelineId timeline, Lsn position) implements Comparable<ArchivePoint> {

    private static final Comparator<ArchivePoint> ORDER =
            Comparator.comparing(ArchivePoint::timeline).thenComparing(ArchivePoint::position);

    /// Where a repository goes on along a line: where its WAL of that line ends. What it holds of a
    /// timeline beyond the point where the line leaves it is not of this line. Where the server
    /// keeps WAL from an earlier position on, all that follows there without a gap is passed over,
    /// and the first gap filled: others, as a backup does, may have put later segments.
    ///
    /// @param kept from where on the server's slot keeps WAL
    static ArchivePoint next(WalIndex index, TimelineHistory line, Lsn kept) {
        ArchivePoint fromSlot = at(line, kept);
        ArchivePoint end = endOf(index, line).orElse(fromSlot);
        if (kept.isAtLeast(end.position)) {
            return end;
        }
        return at(line, Lsn.min(end.position, index.reach(line, fromSlot.timeline, kept)));
    }

    private static Optional<ArchivePoint> endOf(WalIndex index, TimelineHistory line) {
        Stream<TimelineId> older = line.ended().stream().map(TimelineHistory.Ended::timeline);
        for (TimelineId timeline :
                Stream.concat(older, Stream.of(line.current())).toList().reversed()) {
            Optional<Lsn> end = endOf(index.of(timeline));
            if (end.isPresent()) {
                return Optional.of(along(line, timeline, end.get()));
            }
        }
        return Optional.empty();
    }

    /// The point of a line that holds a position, on this timeline or the one after it.
    private static ArchivePoint along(TimelineHistory line, TimelineId timeline, Lsn position) {
        Optional<Lsn> left = line.endOf(timeline);
        return left.isPresent() && position.isAtLeast(left.get())
                ? at(line, left.get())
                : new ArchivePoint(timeline, position);
    }

    /// The point of a line at a position.
    static ArchivePoint at(TimelineHistory line, Lsn position) {
        TimelineId timeline =
                line.ended().stream()
                        .filter(ended -> ended.switchLsn().compareTo(position) > 0)
                        .findFirst()
                        .map(TimelineHistory.Ended::timeline)
                        .orElse(line.current());
        return new ArchivePoint(timeline, position);
    }

    /// Where WAL of a timeline goes on: behind its last segment and the pieces that follow it.
    private static Optional<Lsn> endOf(TimelineWal wal) {
        if (wal.segments().isEmpty()) {
            return wal.pieces().stream()
                    .map(WalRange::start)
                    .min(Comparator.naturalOrder())
                    .map(wal::reach);
        }
        Lsn end = wal.segments().getLast().end();
        return Optional.of(wal.reach(end));
    }

    /// The segment of its timeline that holds it.
    ///
    /// @param segmentBytes the size of a segment
    WalSegment segment(int segmentBytes) {
        return WalSegment.at(timeline, position, segmentBytes);
    }

    @Override
    public int compareTo(ArchivePoint other) {
        return ORDER.compare(this, other);
    }
}
