package io.howdah.cli.chaos.check;

import java.util.ArrayList;
import java.util.List;

/// The times in which one client was acknowledged nothing. Thread-safe.
public final class Gaps {

    /// A shorter one is no outage.
    public static final long SHORTEST_MILLIS = 100;

    /// @param fromMillis the acknowledgement before it
    /// @param toMillis the one after it
    record Gap(long fromMillis, long toMillis) {}

    private final List<Gap> gaps = new ArrayList<>();
    private long lastMillis = -1;

    /// Nothing acknowledged yet.
    public Gaps() {}

    /// An acknowledgement came.
    ///
    /// @param millis since the run began; not before the one before
    public synchronized void acknowledged(long millis) {
        if (lastMillis >= 0 && millis - lastMillis >= SHORTEST_MILLIS) {
            gaps.add(new Gap(lastMillis, millis));
        }
        lastMillis = millis;
    }

    /// The longest time without an acknowledgement that ended in (`from`, `until`], or was an
    /// outage already by `until`.
    ///
    /// @return milliseconds; 0 when none was longer than [#SHORTEST_MILLIS]
    public synchronized long longestMillis(long from, long until) {
        long longest = 0;
        for (Gap gap : gaps) {
            boolean begun = gap.toMillis <= until || until - gap.fromMillis >= SHORTEST_MILLIS;
            if (gap.toMillis > from && begun) {
                longest = Math.max(longest, gap.toMillis - gap.fromMillis);
            }
        }
        long open = until - lastMillis;
        return lastMillis < 0 || open < SHORTEST_MILLIS ? longest : Math.max(longest, open);
    }

    /// When the last one came; -1 before the first.
    public synchronized long lastMillis() {
        return lastMillis;
    }
}
