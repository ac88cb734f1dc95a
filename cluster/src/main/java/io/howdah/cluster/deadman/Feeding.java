package io.howdah.cluster.deadman;

import java.util.OptionalLong;

/// When a watchdog is fed: as long as PostgreSQL may be a primary here, from the switch's own
/// timer, and not once more if the next meal would come too late. Pure: moments are given to it,
/// all in nanoseconds on the boot clock. Immutable.
///
/// The machine is to be reset before the lease is over elsewhere. The deadline stands three
/// quarters into the lease, a quarter before its end, and the watchdog waits for a quarter at most.
/// So the last meal comes no later than at the deadline; it comes a meal earlier, which makes room
/// for a device that counts coarsely.
///
/// @param timeoutNanos for how long the device waits
record Feeding(long timeoutNanos) {

    /// What to do next.
    sealed interface Next {

        /// Open it, which starts it.
        record Open() implements Next {}

        /// Feed it.
        record Feed() implements Next {}

        /// Stop it: there is nothing to guard.
        record Stop() implements Next {}

        /// Leave it alone.
        ///
        /// @param untilNanos [Long#MAX_VALUE]: until the switch has something else to do
        record Rest(long untilNanos) implements Next {}
    }

    /// @throws IllegalArgumentException unless it waits for a second or more
    Feeding {
        if (timeoutNanos < 1_000_000_000L) {
            throw new IllegalArgumentException("timeoutNanos: " + timeoutNanos);
        }
    }

    /// From one meal to the next: three may be late.
    long everyNanos() {
        return timeoutNanos / 4;
    }

    /// What to do at this moment.
    ///
    /// @param fedAtNanos when it was fed last, or opened; empty: it is not open
    /// @param stoppable whether it stops when it is told to, as far as is known
    Next next(SwitchState state, OptionalLong fedAtNanos, boolean stoppable, long nowNanos) {
        if (!state.isGuarding()) {
            return fedAtNanos.isEmpty()
                    ? new Next.Rest(Long.MAX_VALUE)
                    : stoppable ? new Next.Stop() : feed(fedAtNanos.getAsLong(), nowNanos);
        }
        if (state.isDue(nowNanos)) {
            // nor opened: it is fed again once PostgreSQL is gone, and not before
            return new Next.Rest(Long.MAX_VALUE);
        }
        if (fedAtNanos.isEmpty()) {
            return new Next.Open();
        }
        long leftNanos = state.deadlineNanos().orElseThrow() - nowNanos;
        return leftNanos < everyNanos()
                ? new Next.Rest(Long.MAX_VALUE)
                : feed(fedAtNanos.getAsLong(), nowNanos);
    }

    private Next feed(long fedAtNanos, long nowNanos) {
        long dueNanos = fedAtNanos + everyNanos();
        return nowNanos < dueNanos ? new Next.Rest(dueNanos) : new Next.Feed();
    }
}
