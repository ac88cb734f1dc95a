package io.howdah.cluster.deadman;

/// What guards the machine beside the switch, in the rhythm of the switch's own loop.
interface HostGuard {

    /// Nothing does.
    HostGuard NONE =
            new HostGuard() {
                @Override
                public long tend(SwitchState state, long nowNanos) {
                    return Long.MAX_VALUE;
                }

                @Override
                public void postgresGone(long nowNanos) {}

                @Override
                public boolean isRunning() {
                    return false;
                }
            };

    /// Does what is due.
    ///
    /// @return when to come again, unless the state changes before; [Long#MAX_VALUE]: only then
    long tend(SwitchState state, long nowNanos);

    /// Past the deadline, at this moment, nothing of PostgreSQL is left: that is no reason to reset
    /// the machine.
    void postgresGone(long nowNanos);

    /// Whether it needs the switch, so that this must not end.
    boolean isRunning();
}
