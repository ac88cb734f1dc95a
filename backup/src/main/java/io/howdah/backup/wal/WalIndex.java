package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Which WAL of a cluster a repository holds: what it held when it was read. Small, however much
/// WAL there is. Immutable.
///
/// @param segmentBytes the size of a segment; empty while no segment is complete
/// @param timelines what is there of each timeline, by its number
/// @param histories the histories that are there
/// @param damaged those that are there and cannot be understood: what is wrong with each
public record WalIndex(
        OptionalInt segmentBytes,
        SortedMap<TimelineId, TimelineWal> timelines,
        Map<TimelineId, TimelineHistory> histories,
        Map<TimelineId, String> damaged) {

    private static final Comparator<ArchivePoint> BY_POSITION =
            Comparator.comparing(ArchivePoint::position).thenComparing(ArchivePoint::timeline);

    public WalIndex {
        timelines = Collections.unmodifiableSortedMap(new TreeMap<>(timelines));
        histories = Map.copyOf(histories);
        damaged = Map.copyOf(damaged);
    }

    /// Reads the names of all that is there.
    ///
    /// @throws StoreUnavailableException when the store cannot say what is there
    public static WalIndex read(ObjectStore store, SystemId system) {
        return new WalIndexReader(store, new WalNames(system)).read();
    }

    /// Reads the names of what is there of a line from a segment on, and no history: that costs
    /// little, however much is there.
    ///
    /// @param from a segment of the line
    /// @throws StoreUnavailableException when the store cannot say what is there
    static WalIndex read(
            ObjectStore store, SystemId system, TimelineHistory line, WalSegment from) {
        return new WalIndexReader(store, new WalNames(system)).read(line, from);
    }

    /// Reads as much as an archive has to know to go on: what [ArchivePoint#next] and the stream
    /// from there say of it is what they would say of everything. That are the names from the
    /// segment before the one on which the server keeps WAL, however much lies before it; where the
    /// archive ends before that, all names. No history.
    ///
    /// @param line the server's
    /// @param kept from where on the server's slot keeps WAL
    /// @param segmentBytes the size of a segment
    /// @throws StoreUnavailableException when the store cannot say what is there
    static WalIndex readEnd(
            ObjectStore store, SystemId system, TimelineHistory line, Lsn kept, int segmentBytes) {
        Lsn start = WalSegment.at(line.current(), kept, segmentBytes).start();
        Lsn before = new Lsn(Math.max(0, start.value() - 1));
        WalSegment from = ArchivePoint.at(line, before).segment(segmentBytes);
        WalIndex end = read(store, system, line, from);
        // Pieces alone do not say where the last segment is that lies before them.
        boolean isAll =
                end.timelines.entrySet().stream()
                        .anyMatch(each ->
                                each.getKey().compareTo(from.timeline()) > 0
                                        || !each.getValue().segments().isEmpty());
        return isAll ? end : read(store, system);
    }

    /// What is there of a timeline.
    public TimelineWal of(TimelineId timeline) {
        return timelines.getOrDefault(timeline, TimelineWal.NONE);
    }

    /// The line that leads to a timeline; empty where its history is not there. The first timeline
    /// needs none.
    ///
    /// @throws BackupException when it is damaged
    public Optional<TimelineHistory> history(TimelineId timeline) {
        String how = damaged.get(timeline);
        if (how != null) {
            throw new BackupException(
                    how, "copy the file of that name from the pg_wal of a member over it");
        }
        return timeline.equals(TimelineId.FIRST)
                ? Optional.of(TimelineHistory.startingAt(timeline))
                : Optional.ofNullable(histories.get(timeline));
    }

    /// The newest timeline that something is there of, be it only its history.
    public Optional<TimelineId> newest() {
        return Stream.of(timelines.keySet(), histories.keySet(), damaged.keySet())
                .flatMap(Set::stream)
                .max(TimelineId::compareTo);
    }

    /// How far a server can be brought from a position on, along a line of timelines: the end of
    /// what follows without a gap. The position itself when nothing does. What an older timeline
    /// holds past the point where the line leaves it does not count.
    ///
    /// @param line where to; it includes `timeline`
    /// @throws IllegalArgumentException when the line does not include the timeline
    public Lsn reach(TimelineHistory line, TimelineId timeline, Lsn from) {
        Optional<Lsn> left = line.endOf(timeline);
        Iterator<TimelineId> following =
                line.ended().stream()
                        .map(TimelineHistory.Ended::timeline)
                        .filter(other -> other.compareTo(timeline) > 0)
                        .iterator();
        TimelineId on = timeline;
        Lsn position = of(on).reach(from);
        while (left.isPresent()) {
            position = Lsn.min(position, left.get());
            on = following.hasNext() ? following.next() : line.current();
            // The segment with the switch lies, from its start on, on the next timeline too.
            position = of(on).reach(position);
            left = line.endOf(on);
        }
        return position;
    }

    /// Whether all WAL from one position to another is there, along a line of timelines.
    ///
    /// @throws IllegalArgumentException when the line does not include the timeline
    public boolean holds(TimelineHistory line, TimelineId timeline, WalRange range) {
        return reach(line, timeline, range.start()).isAtLeast(range.end());
    }

    /// What is missing between the first and the last byte of the newest timeline's line, over all
    /// its switches, and of each other timeline.
    public List<WalGap> gaps() {
        var gaps = new ArrayList<WalGap>();
        Optional<TimelineHistory> line =
                newest().filter(each -> !damaged.containsKey(each)).flatMap(this::history);
        timelines.forEach((timeline, wal) -> {
            if (line.isEmpty() || !line.get().includes(timeline)) {
                wal.gaps().forEach(range -> gaps.add(new WalGap(timeline, range)));
            }
        });
        line.ifPresent(each -> addGaps(each, gaps));
        return List.copyOf(gaps);
    }

    private void addGaps(TimelineHistory line, List<WalGap> gaps) {
        Optional<ArchivePoint> begins = starts(line).min(BY_POSITION);
        while (begins.isPresent()) {
            ArchivePoint from = begins.get();
            Optional<WalGap> gap = nextGap(line, from.timeline(), from.position());
            gap.ifPresent(gaps::add);
            begins = gap.map(each -> new ArchivePoint(each.timeline(), each.range().end()));
        }
    }

    /// What is missing from a position on along a line, first; empty when no WAL of the line lies
    /// behind what [#reach] says.
    ///
    /// @throws IllegalArgumentException when the line does not include the timeline
    public Optional<WalGap> nextGap(TimelineHistory line, TimelineId timeline, Lsn from) {
        Lsn reached = reach(line, timeline, from);
        return starts(line)
                .filter(each -> each.timeline().compareTo(timeline) >= 0)
                .filter(each -> each.position().compareTo(reached) > 0)
                .min(BY_POSITION)
                .map(each -> new WalGap(each.timeline(), new WalRange(reached, each.position())));
    }

    /// Where WAL of a line begins, and begins anew.
    private Stream<ArchivePoint> starts(TimelineHistory line) {
        return timelines.entrySet().stream()
                .filter(each -> line.includes(each.getKey()))
                .flatMap(each -> {
                    Optional<Lsn> left = line.endOf(each.getKey());
                    return each.getValue().coverage().stream()
                            .map(WalRange::start)
                            .filter(start -> left.isEmpty() || start.compareTo(left.get()) < 0)
                            .map(start -> new ArchivePoint(each.getKey(), start));
                });
    }
}
