package io.howdah.cluster.agent;

import java.time.Duration;

/// How long a standby has not streamed steadily. One look does not tell: a receiver whose leader no
/// longer has the WAL that it asks for streams for a moment each time it connects, before it is
/// told so. Pure; for one thread.
final class UnsteadyStream {

    private static final long STEADY_NANOS = Duration.ofSeconds(3).toNanos();

    private long unsteadySinceNanos;
    private long spellSinceNanos;
    private boolean spell;

    UnsteadyStream(long nowNanos) {
        unsteadySinceNanos = nowNanos;
    }

    /// Counts from now, whatever was seen before.
    void beginAnew(long nowNanos) {
        unsteadySinceNanos = nowNanos;
        spell = false;
    }

    /// A look at the standby: does a receiver stream? A spell in which each look found one counts
    /// as steady once it is long enough.
    void look(long nowNanos, boolean receiving) {
        if (!receiving) {
            spell = false;
        } else if (!spell) {
            spell = true;
            spellSinceNanos = nowNanos;
        } else if (nowNanos - spellSinceNanos >= STEADY_NANOS) {
            unsteadySinceNanos = nowNanos;
        }
    }

    long unsteadyNanos(long nowNanos) {
        return nowNanos - unsteadySinceNanos;
    }
}
