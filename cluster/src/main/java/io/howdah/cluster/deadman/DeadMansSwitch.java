package io.howdah.cluster.deadman;

import java.util.Optional;

/// What the agent says to its dead man's switch. Each call returns at once and never fails: a
/// switch that is not there is a safety net less, and no reason to stop serving. The last word
/// counts. Thread-safe.
public interface DeadMansSwitch {

    /// There is none.
    DeadMansSwitch NONE =
            new DeadMansSwitch() {
                @Override
                public void arm(long deadlineNanos) {}

                @Override
                public void limit(long deadlineNanos) {}

                @Override
                public void disarm() {}

                @Override
                public boolean isThere() {
                    return false;
                }
            };

    /// PostgreSQL may be a primary here up to that moment, and not beyond it.
    ///
    /// @param deadlineNanos on the boot clock: when this node has to fence itself by what is
    ///   confirmed now. Absolute, so that a word that arrives late promises nothing more
    void arm(long deadlineNanos);

    /// PostgreSQL may be a primary here up to that moment at most, and no longer than was said
    /// before.
    ///
    /// @param deadlineNanos as in `arm`
    void limit(long deadlineNanos);

    /// PostgreSQL is no primary here, or nobody else can be one: nothing is to be killed.
    void disarm();

    /// Whether it runs and hears what is said.
    boolean isThere();

    /// Whether a watchdog resets this machine when the switch does not run any more.
    default boolean hasWatchdog() {
        return false;
    }

    /// Why this node must not lead: its operator requires a watchdog, and there is none that could
    /// be used. A fact and a HINT.
    default Optional<String> obstacle() {
        return Optional.empty();
    }
}
