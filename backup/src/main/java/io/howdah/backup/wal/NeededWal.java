package io.howdah.backup.wal;

import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.sweep.SweptWal;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.Optional;
import java.util.stream.Stream;

/// Which WAL of a line a repository may still want of somebody who keeps it. Immutable.
///
/// @param store where it lies
/// @param system whose WAL it is
/// @param line along which timelines
/// @param segmentBytes the size of a segment
record NeededWal(ObjectStore store, SystemId system, TimelineHistory line, int segmentBytes) {

    /// From where on it may be wanted: the end of what follows there without a gap. What lies
    /// before the repository's first WAL of the line it never had, and what a sweep has removed it
    /// has had: neither is wanted. Any other gap is to be filled, also where much lies behind it.
    ///
    /// @param kept from where on it is kept
    /// @throws StoreUnavailableException when the store cannot say what is there
    Lsn from(Lsn kept) {
        ArchivePoint point = ArchivePoint.at(line, kept);
        WalIndex index = WalIndex.read(store, system, line, point.segment(segmentBytes));
        Lsn reached = index.reach(line, point.timeline(), kept);
        Optional<WalGap> gap =
                reached.equals(kept)
                        ? index.nextGap(line, point.timeline(), kept)
                        : Optional.empty();
        return gap.filter(each -> isBeginning(kept) || SweptWal.read(store).explains(each))
                .map(each -> index.reach(line, each.timeline(), each.range().end()))
                .orElse(reached);
    }

    /// Whether the repository has no WAL of the line before a position that it does not have
    /// either. Segments are listed in their order, and before pieces: so the first of each timeline
    /// tell it, but for a piece left alone before more segments than a list gives. Such a one is
    /// what a gap begins with that nobody has filled for a day of WAL and more.
    private boolean isBeginning(Lsn position) {
        return Stream.concat(
                        line.ended().stream().map(TimelineHistory.Ended::timeline),
                        Stream.of(line.current()))
                .noneMatch(timeline -> begins(timeline, position));
    }

    private boolean begins(TimelineId timeline, Lsn position) {
        var names = new WalNames(system);
        Lsn end = line.endOf(timeline).map(left -> Lsn.min(left, position)).orElse(position);
        return store.list(names.timelinePrefix(timeline), null).stream()
                .flatMap(object -> names.parse(object.name()).stream())
                .flatMap(named -> start(named).stream())
                .anyMatch(start -> start.compareTo(end) < 0);
    }

    private Optional<Lsn> start(WalNames.Named named) {
        return switch (named) {
            case WalNames.Segment(TimelineId _, String name) ->
                    WalSegment.named(name, segmentBytes).map(WalSegment::start);
            case WalNames.Piece(TimelineId _, WalRange range) -> Optional.of(range.start());
            case WalNames.History _ -> Optional.empty();
        };
    }
}
