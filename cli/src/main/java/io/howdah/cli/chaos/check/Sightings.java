package io.howdah.cli.chaos.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What one reader saw of a set's rows, reading after reading, each on the newest primary that it
/// knows. Not thread-safe.
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
    /// @param atMillis when it was asked, since the clients began
    /// @param lateMillis how long before that a newer primary had answered first
    public record Stale(long atMillis, long lateMillis) {}

    /// Nothing read yet.
    public Sightings() {}

    /// One reading.
    ///
    /// @param askedMillis when it was asked, since the clients began
    /// @param answeredMillis when it was answered
    /// @param readTimeline the timeline of the server that answered; one of an older timeline than
    ///   an earlier reading's is a former primary: its answer is counted as stale and says nothing
    /// @param asked which rows were asked for
    /// @param present which of them were there
    public void read(
            long askedMillis,
            long answeredMillis,
            long readTimeline,
            BitSet asked,
            BitSet present) {
        readings++;
        if (readTimeline < timeline) {
            stale.add(new Stale(askedMillis, askedMillis - timelineSinceMillis));
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
    public int readings() {
        return readings;
    }

    /// Those that came from a former primary.
    public List<Stale> stale() {
        return List.copyOf(stale);
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
