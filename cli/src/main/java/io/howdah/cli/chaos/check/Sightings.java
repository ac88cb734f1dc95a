package io.howdah.cli.chaos.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What readers saw of a set's rows, each on a member of its own while that is a primary. Readings
/// count in the order in which they are told. Thread-safe.
public final class Sightings {

    private final BitSet seen = new BitSet();
    private final BitSet gone = new BitSet();
    private final BitSet returned = new BitSet();
    private final List<Stale> stale = new ArrayList<>();
    private long timeline;
    private long timelineSinceMillis;
    private int readings;

    /// An answer of a former primary.
    ///
    /// @param member who answered
    /// @param atMillis when it was asked, since the clients began
    /// @param lateMillis how long before that a newer primary had answered first; below zero where
    ///   it was asked before that
    public record Stale(String member, long atMillis, long lateMillis) {}

    /// Nothing read yet.
    public Sightings() {}

    /// One reading.
    ///
    /// @param member who answered
    /// @param askedMillis when it was asked, since the clients began
    /// @param answeredMillis when it was answered
    /// @param readTimeline the timeline of the server that answered; one of an older timeline than
    ///   an earlier reading's is a former primary: its answer is counted as stale and says nothing
    /// @param asked which rows were asked for
    /// @param present which of them were there
    public synchronized void read(
            String member,
            long askedMillis,
            long answeredMillis,
            long readTimeline,
            BitSet asked,
            BitSet present) {
        readings++;
        if (readTimeline < timeline) {
            stale.add(new Stale(member, askedMillis, askedMillis - timelineSinceMillis));
            return;
        }
        if (readTimeline > timeline) {
            timeline = readTimeline;
            timelineSinceMillis = answeredMillis;
        }
        BitSet back = (BitSet) present.clone();
        back.and(gone);
        returned.or(back);
        BitSet absent = (BitSet) asked.clone();
        absent.andNot(present);
        absent.and(seen);
        gone.or(absent);
        seen.or(present);
    }

    /// How many readings there were.
    public synchronized int readings() {
        return readings;
    }

    /// Those that came from a former primary.
    public synchronized List<Stale> stale() {
        return List.copyOf(stale);
    }

    /// Whether a reader saw it.
    synchronized boolean wasSeen(int row) {
        return seen.get(row);
    }

    /// What was seen, was gone, and was seen again.
    synchronized List<String> returned() {
        return returned.stream().mapToObj(Integer::toString).toList();
    }

    /// What was seen and gone.
    synchronized BitSet gone() {
        return (BitSet) gone.clone();
    }
}
