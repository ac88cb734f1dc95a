package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A stretch of WAL. Immutable.
///
/// @param start the position of the first byte
/// @param end the position behind the last byte
public record WalRange(Lsn start, Lsn end) {

    /// @throws IllegalArgumentException when it is empty or runs backwards
    public WalRange {
        if (start.isAtLeast(end)) {
            throw new IllegalArgumentException("not a stretch of WAL: " + start + " to " + end);
        }
    }

    /// Bytes in it.
    public long bytes() {
        return end.bytesSince(start);
    }

    /// Whether the two have a byte in common.
    public boolean overlaps(WalRange other) {
        return start.compareTo(other.end) < 0 && other.start.compareTo(end) < 0;
    }

    boolean contains(Lsn position) {
        return position.isAtLeast(start) && end.compareTo(position) > 0;
    }

    /// The same positions in as few stretches as possible, in order.
    static List<WalRange> joined(List<WalRange> ranges) {
        List<WalRange> joined = new ArrayList<>();
        for (WalRange next :
                ranges.stream().sorted(Comparator.comparing(WalRange::start)).toList()) {
            WalRange last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && last.end.isAtLeast(next.start)) {
                joined.set(
                        joined.size() - 1, new WalRange(last.start, Lsn.max(last.end, next.end)));
            } else {
                joined.add(next);
            }
        }
        return List.copyOf(joined);
    }

    @Override
    public String toString() {
        return start + " to " + end;
    }
}
