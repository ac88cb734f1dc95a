package io.howdah.cluster.deadman;

import java.util.OptionalLong;

/// What the switch knows, and what follows from it. Pure: the clock's moments are given to it, all
/// in nanoseconds on the boot clock. Immutable.
///
/// @param deadlineNanos until when PostgreSQL may be a primary here; empty: disarmed
/// @param agentThere whether an agent has the pipe open
/// @param patientUntilNanos until when a disarmed switch waits for an agent to come
/// @param firedAtNanos when it began to kill because of this deadline; empty: not yet
/// @param spent whether it has killed all that there was to kill because of this deadline
record SwitchState(
        OptionalLong deadlineNanos,
        boolean agentThere,
        long patientUntilNanos,
        OptionalLong firedAtNanos,
        boolean spent) {

    /// How long an agent may take to open the pipe to the switch that it has started.
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    /// How long it goes on looking once all are killed: a postmaster that was being started then is
    /// none yet by its looks.
    private static final long AFTERMATH_NANOS = 3_000_000_000L;

    /// How long between two looks.
    private static final long LOOK_AGAIN_NANOS = 100_000_000;

    /// What to do next. A beat, or the end of the agent, is heard at any time.
    sealed interface Next {

        /// Wait.
        ///
        /// @param untilNanos [Long#MAX_VALUE]: until something is heard
        record Wait(long untilNanos) implements Next {}

        /// Kill all of PostgreSQL's processes.
        record Kill() implements Next {}

        /// There is nobody to serve and nothing to do: end.
        record End() implements Next {}
    }

    /// At its start: nothing is armed, and the agent is expected.
    static SwitchState started(long nowNanos) {
        return new SwitchState(
                OptionalLong.empty(),
                false,
                nowNanos + PATIENCE_NANOS,
                OptionalLong.empty(),
                false);
    }

    /// A beat was heard. The last one counts, whatever came before.
    SwitchState heard(Beat beat) {
        return switch (beat) {
            case Beat.Here here ->
                    new SwitchState(deadlineNanos, true, patientUntilNanos, firedAtNanos, spent);
            case Beat.Arm arm -> ordered(OptionalLong.of(arm.deadlineNanos()));
            case Beat.Limit limit ->
                    ordered(
                            OptionalLong.of(
                                    Math.min(
                                            deadlineNanos.orElse(Long.MAX_VALUE),
                                            limit.deadlineNanos())));
            case Beat.Disarm disarm -> ordered(OptionalLong.empty());
        };
    }

    private SwitchState ordered(OptionalLong deadline) {
        return new SwitchState(deadline, true, patientUntilNanos, OptionalLong.empty(), false);
    }

    /// The agent has ended, or was killed. That alone is no reason to kill: PostgreSQL serves on,
    /// and a new agent may come before the deadline.
    SwitchState agentGone() {
        return new SwitchState(deadlineNanos, false, 0, firedAtNanos, spent);
    }

    /// It begins to kill, or goes on.
    SwitchState firing(long nowNanos) {
        return new SwitchState(
                deadlineNanos,
                agentThere,
                patientUntilNanos,
                firedAtNanos.isPresent() ? firedAtNanos : OptionalLong.of(nowNanos),
                spent);
    }

    /// Nothing of PostgreSQL is left.
    SwitchState cleared(long nowNanos) {
        boolean done =
                firedAtNanos.isPresent() && nowNanos - firedAtNanos.getAsLong() >= AFTERMATH_NANOS;
        return new SwitchState(
                deadlineNanos, agentThere, patientUntilNanos, firedAtNanos, spent || done);
    }

    /// Whether PostgreSQL is to be killed at this moment.
    boolean isDue(long nowNanos) {
        return !spent && deadlineNanos.isPresent() && nowNanos >= deadlineNanos.getAsLong();
    }

    /// Whether PostgreSQL may be a primary here, or may not be gone yet.
    boolean isGuarding() {
        return deadlineNanos.isPresent() && !spent;
    }

    /// What to do at this moment.
    Next next(long nowNanos) {
        if (isDue(nowNanos)) {
            return new Next.Kill();
        }
        if (isGuarding()) {
            return new Next.Wait(deadlineNanos.orElseThrow());
        }
        if (agentThere) {
            return new Next.Wait(Long.MAX_VALUE);
        }
        return nowNanos < patientUntilNanos ? new Next.Wait(patientUntilNanos) : new Next.End();
    }

    /// Until when to wait after a round of killing.
    static long lookAgainAt(long nowNanos) {
        return nowNanos + LOOK_AGAIN_NANOS;
    }
}
