package io.howdah.cli.chaos.check;

import java.util.BitSet;
import java.util.List;

/// What one reader saw of a set's rows, reading after reading, each on the newest primary that it
/// knows. Not thread-safe.
public final class Sightings {

    private final BitSet seen = new BitSet();
    private final BitSet gone = new BitSet();
    private final BitSet returned = new BitSet();
    private long timeline;
    private int readings;
    private int stale;

    /// Nothing read yet.
    public Sightings() {}

    /// One reading.
    ///
    /// @param readTimeline the timeline of the server that answered; one of an older timeline than
    ///   an earlier reading's is a former primary: its answer is counted as stale and says nothing
    /// @param asked which rows were asked for
    /// @param present which of them were there
    public void read(long readTimeline, BitSet asked, BitSet present) {
        readings++;
        if (readTimeline < timeline) {
            stale++;
            return;
        }
        timeline = readTimeline;
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
    public int readings() {
        return readings;
    }

    /// How many came from a former primary.
    public int stale() {
        return stale;
    }

    /// Whether a reader saw it.
    boolean wasSeen(int row) {
        return seen.get(row);
    }

    /// What was seen, was gone, and was seen again.
    List<String> returned() {
        return returned.stream().mapToObj(Integer::toString).toList();
    }

    /// What was seen and gone.
    BitSet gone() {
        return (BitSet) gone.clone();
    }
}
