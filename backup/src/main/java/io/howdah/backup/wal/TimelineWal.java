package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What a repository holds of one timeline. Immutable.
///
/// @param segments complete segments, in as few stretches as possible, in order
/// @param pieces of segments that were not complete, each as it lies there, in order; they may
///   overlap
public record TimelineWal(List<WalRange> segments, List<WalRange> pieces) {

    static final TimelineWal NONE = new TimelineWal(List.of(), List.of());

    public TimelineWal {
        segments = List.copyOf(segments);
        pieces = List.copyOf(pieces);
    }

    /// All that is there, in as few stretches as possible, in order.
    public List<WalRange> coverage() {
        List<WalRange> all = new ArrayList<>(segments);
        all.addAll(pieces);
        return WalRange.joined(all);
    }

    /// What is missing between the first and the last byte that is there.
    public List<WalRange> gaps() {
        List<WalRange> gaps = new ArrayList<>();
        Lsn reached = null;
        for (WalRange range : coverage()) {
            if (reached != null) {
                gaps.add(new WalRange(reached, range.start()));
            }
            reached = range.end();
        }
        return List.copyOf(gaps);
    }

    /// What is there of a segment before a position: itself, or its pieces.
    List<WalRange> within(WalSegment segment, Lsn position) {
        boolean whole =
                segments.stream()
                        .anyMatch(each ->
                                each.contains(segment.start())
                                        && each.end().isAtLeast(segment.end()));
        return Stream.concat(whole ? Stream.of(segment.range()) : Stream.empty(), pieces.stream())
                .filter(each -> segment.range().contains(each.start()))
                .filter(each -> position.isAtLeast(each.end()))
                .toList();
    }

    /// How far WAL goes from a position on without a gap: the position itself when it is not there.
    public Lsn reach(Lsn from) {
        return coverage().stream()
                .filter(range -> range.contains(from))
                .findFirst()
                .map(WalRange::end)
                .orElse(from);
    }
}
