package io.howdah.cluster.simulation;

import io.howdah.cluster.state.Position;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.List;

/// The WAL of one data directory that is on disk: which bytes of which branch, and what PostgreSQL
/// believes of it, its timeline history.
final class Wal {

    /// A little before a segment ends, so that many a failover is about there.
    static final long BEGIN = 0x1000000 - 0x8000;

    /// These bytes are those of that branch.
    record Extent(Branch branch, long from, long to) {}

    private final List<Extent> extents;
    private TimelineHistory history;

    private Wal(List<Extent> extents, TimelineHistory history) {
        this.extents = extents;
        this.history = history;
    }

    static Wal beginning(Branch first) {
        List<Extent> extents = new ArrayList<>();
        extents.add(new Extent(first, first.begin(), first.begin()));
        return new Wal(extents, TimelineHistory.startingAt(first.timeline()));
    }

    Wal copy() {
        return new Wal(new ArrayList<>(extents), history);
    }

    TimelineHistory history() {
        return history;
    }

    Branch branch() {
        return extents.getLast().branch();
    }

    long end() {
        return extents.getLast().to();
    }

    Position position() {
        return new Position(history, new Lsn(end()));
    }

    /// The bytes from `from` to `to`.
    List<Extent> slice(long from, long to) {
        List<Extent> slice = new ArrayList<>();
        for (Extent extent : extents) {
            long low = Math.max(from, extent.from());
            long high = Math.min(to, extent.to());
            if (low < high) {
                slice.add(new Extent(extent.branch(), low, high));
            }
        }
        return slice;
    }

    /// Bytes from a server with this history come to lie at the end; what is there already is left
    /// alone, but for what lies past the point where the server left that branch: the beginning of
    /// a record, which is overwritten.
    void append(List<Extent> slice, TimelineHistory theirs) {
        for (Extent extent : slice) {
            if (extent.from() < end() && branchAt(extent.from()) != extent.branch()) {
                truncate(extent.from());
            }
            long from = Math.max(extent.from(), end());
            if (from >= extent.to()) {
                continue;
            }
            if (extent.from() > end()) {
                throw new IllegalStateException("a hole in WAL: " + extent + " after " + end());
            }
            Extent last = extents.getLast();
            if (last.branch() == extent.branch()) {
                extents.set(
                        extents.size() - 1, new Extent(last.branch(), last.from(), extent.to()));
            } else {
                extents.add(new Extent(extent.branch(), from, extent.to()));
            }
            history = upTo(theirs, extent.branch().timeline());
        }
    }

    private Branch branchAt(long place) {
        for (Extent extent : extents) {
            if (extent.from() <= place && place < extent.to()) {
                return extent.branch();
            }
        }
        return branch();
    }

    /// The primary has flushed this much of its branch.
    void flushed(long to) {
        append(List.of(new Extent(branch(), end(), to)), history);
    }

    /// The head of a history that leads to one of its timelines.
    static TimelineHistory upTo(TimelineHistory history, TimelineId timeline) {
        List<TimelineHistory.Ended> before = new ArrayList<>();
        for (TimelineHistory.Ended ended : history.ended()) {
            if (ended.timeline().equals(timeline)) {
                return new TimelineHistory(before, timeline);
            }
            before.add(ended);
        }
        return history;
    }

    void truncate(long to) {
        while (extents.size() > 1 && extents.getLast().from() >= to) {
            extents.removeLast();
        }
        Extent last = extents.getLast();
        extents.set(
                extents.size() - 1,
                new Extent(last.branch(), Math.min(last.from(), to), Math.min(last.to(), to)));
        history = upTo(history, last.branch().timeline());
    }

    /// A promotion: a new timeline begins behind the last whole record.
    Branch promote(TimelineId next) {
        truncate(lastWholeEnd());
        history = history.then(new Lsn(end()), next);
        Branch fresh = new Branch(next, end());
        extents.add(new Extent(fresh, end(), end()));
        return fresh;
    }

    /// A server is about to write, as a primary, what another may have written otherwise on the
    /// same timeline.
    void goesItsOwnWay() {
        truncate(lastWholeEnd());
        extents.add(new Extent(new Branch(history.current(), end()), end(), end()));
    }

    long lastWholeEnd() {
        Extent last = extents.getLast();
        return Math.max(last.from(), last.branch().lastWholeEnd(last.to()));
    }

    boolean holds(Row row) {
        Branch branch = row.branch();
        if (branch == null) {
            return false;
        }
        for (int i = extents.size() - 1; i >= 0; i--) {
            Extent extent = extents.get(i);
            if (extent.branch() == branch) {
                return extent.from() <= row.start() && row.end() <= extent.to();
            }
        }
        return false;
    }

    /// All rows in it.
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Extent extent : extents) {
            for (Branch.Entry entry : extent.branch().entries()) {
                if (entry.row() != null
                        && extent.from() <= entry.start()
                        && entry.end() <= extent.to()) {
                    rows.add(entry.row());
                }
            }
        }
        return rows;
    }

    @Override
    public String toString() {
        return position().toString();
    }
}
