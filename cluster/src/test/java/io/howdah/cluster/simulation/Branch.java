package io.howdah.cluster.simulation;

import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.List;

/// The records that one primary wrote on one timeline. Two primaries that were promoted to the same
/// number wrote two branches: only this simulation can tell them apart.
final class Branch {

    /// A record of WAL.
    ///
    /// @param row the row that it commits; null for any other record
    record Entry(long start, long end, @org.jspecify.annotations.Nullable Row row) {}

    private final TimelineId timeline;
    private final long begin;
    private final List<Entry> entries = new ArrayList<>();

    Branch(TimelineId timeline, long begin) {
        this.timeline = timeline;
        this.begin = begin;
    }

    TimelineId timeline() {
        return timeline;
    }

    long begin() {
        return begin;
    }

    void add(Entry entry) {
        entries.add(entry);
    }

    List<Entry> entries() {
        return entries;
    }

    /// A crash: what was not on disk was never sent to anybody, and other records take its place.
    void forgetBeyond(long end) {
        while (!entries.isEmpty() && entries.getLast().end() > end) {
            Entry gone = entries.removeLast();
            if (gone.row() != null) {
                gone.row().neverWritten();
            }
        }
    }

    /// The end of the last record that is whole when the bytes up to `limit` are there.
    long lastWholeEnd(long limit) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).end() <= limit) {
                return entries.get(i).end();
            }
        }
        return begin;
    }
}
