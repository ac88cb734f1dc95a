package io.howdah.cluster.deadman;

import io.howdah.cluster.lease.BootClock;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.process.PipeReader;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The switch at work: hears beats, waits for the deadline, kills. For one thread.
final class SwitchLoop {

    /// What the agent says, as `PipeReader` brings it.
    interface Beats {

        /// The next one, if there is one; does not wait.
        Optional<byte[]> next();

        /// Waits for one, for the end of the last agent, or for a moment on the boot clock.
        PipeReader.Woken await(long untilNanos);
    }

    /// All of PostgreSQL's processes.
    interface Postgres {

        /// From here on its processes are to be found wherever its directory is moved, or need not
        /// be any more. Called again and again.
        default void guard(boolean guarded) {}

        /// Kills them, as long as that is wanted: see `ServerProcesses.killAllWhile`.
        boolean killAllWhile(BooleanSupplier wanted, Duration deadline);
    }

    private static final Duration ROUND = Duration.ofSeconds(2);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

    private final Beats beats;
    private final BootClock clock;
    private final Postgres postgres;
    private final HostGuard guard;
    private final String where;
    private final Consumer<String> log;
    private SwitchState state;
    private String lastSaid = "";

    /// @param where its data are, for the log
    /// @param log must return at once: what hangs may be the disk that it is written to
    SwitchLoop(
            Beats beats,
            BootClock clock,
            Postgres postgres,
            HostGuard guard,
            String where,
            Consumer<String> log) {
        this.beats = beats;
        this.clock = clock;
        this.postgres = postgres;
        this.guard = guard;
        this.where = where;
        this.log = log;
        this.state = SwitchState.started(clock.nanos());
    }

    /// Runs until there is nobody to serve and nothing to do. What takes the agent down, as a
    /// machine without memory or file handles, must not take this down with it.
    void run() {
        boolean done = false;
        while (!done) {
            try {
                done = turn();
            } catch (RuntimeException e) {
                say("trying again: " + e);
                clock.pause(AFTER_FAILURE);
            }
        }
    }

    /// @return whether there is nobody to serve and nothing to do
    private boolean turn() {
        hear();
        postgres.guard(state.isGuarding());
        long tendAtNanos = guard.tend(state, clock.nanos());
        switch (state.next(clock.nanos())) {
            case SwitchState.Next.Wait wait -> await(Math.min(wait.untilNanos(), tendAtNanos));
            case SwitchState.Next.Kill kill -> {
                kill();
                if (state.isDue(clock.nanos())) {
                    await(SwitchState.lookAgainAt(clock.nanos()));
                }
            }
            case SwitchState.Next.End end -> {
                if (!guard.isRunning()) {
                    return true;
                }
                await(tendAtNanos);
            }
        }
        return false;
    }

    private void hear() {
        for (Optional<byte[]> beat = beats.next(); beat.isPresent(); beat = beats.next()) {
            Beat.decoded(beat.get()).ifPresent(heard -> state = state.heard(heard));
        }
    }

    private void await(long untilNanos) {
        if (beats.await(untilNanos) == PipeReader.Woken.WRITERS_GONE) {
            // what it said last was read before: the end is told only of an empty pipe
            state = state.agentGone();
        }
    }

    private void kill() {
        boolean first = state.firedAtNanos().isEmpty();
        state = state.firing(clock.nanos());
        try {
            if (postgres.killAllWhile(this::isStillDue, ROUND)) {
                state = state.cleared(clock.nanos());
                guard.postgresGone(clock.nanos());
                if (first) {
                    say(
                            "the agent did not renew the lease in time: ended PostgreSQL in "
                                    + where
                                    + ", where it still ran");
                }
            }
        } catch (PostgresException e) {
            say(String.valueOf(e.getMessage()));
        }
    }

    /// The agent may have come back, and start PostgreSQL as a standby as soon as it has said so.
    private boolean isStillDue() {
        hear();
        return state.isDue(clock.nanos());
    }

    /// Not the same again and again while a process waits for its disk.
    private void say(String what) {
        if (!what.equals(lastSaid)) {
            lastSaid = what;
            log.accept(what);
        }
    }
}
