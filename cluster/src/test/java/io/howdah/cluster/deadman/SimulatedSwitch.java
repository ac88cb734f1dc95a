package io.howdah.cluster.deadman;

import io.howdah.cluster.lease.BootClock;
import io.howdah.postgres.process.PipeReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The real loop of the switch with a pipe, a clock and processes that are not real. `run` is for
/// the switch's own thread; what is called from elsewhere never runs beside it.
public final class SimulatedSwitch {

    /// Longer than any test: nothing is to be waited for.
    private static final Duration LONG = Duration.ofDays(1);

    private final BootClock clock;
    private final SwitchLoop loop;
    private final Deque<byte[]> pipe = new ArrayDeque<>();
    private final Semaphore woken = new Semaphore(0);
    private boolean writersGone;

    /// @param kill kills PostgreSQL as long as what it is given says so; whether nothing is left
    public SimulatedSwitch(BootClock clock, Predicate<BooleanSupplier> kill, Consumer<String> log) {
        this.clock = clock;
        this.loop =
                new SwitchLoop(
                        new Pipe(),
                        clock,
                        (wanted, _) -> kill.test(wanted),
                        HostGuard.NONE,
                        "simulation",
                        log);
    }

    /// Until there is nobody to serve and nothing to do.
    public void run() {
        loop.run();
    }

    /// An agent has opened the pipe.
    public void hearHere() {
        hear(new Beat.Here());
    }

    /// What one agent says, to whichever switch there is. For one thread.
    public static final class Words {
        private @Nullable Beat known;

        /// See `DeadMansSwitch.arm`; for the switch that is there.
        public Consumer<SimulatedSwitch> arm(long deadlineNanos) {
            return said(new Beat.Arm(deadlineNanos));
        }

        /// See `DeadMansSwitch.limit`; for the switch that is there.
        public Consumer<SimulatedSwitch> limit(long deadlineNanos) {
            return said(new Beat.Limit(deadlineNanos));
        }

        /// See `DeadMansSwitch.disarm`; for the switch that is there.
        public Consumer<SimulatedSwitch> disarm() {
            return said(new Beat.Disarm());
        }

        /// For a switch that has heard nothing; empty: nothing was said yet.
        public Optional<Consumer<SimulatedSwitch>> all() {
            return Optional.ofNullable(known).map(beat -> heard -> heard.hear(beat));
        }

        private Consumer<SimulatedSwitch> said(Beat beat) {
            known = beat.after(known);
            return heard -> heard.hear(beat);
        }
    }

    private void hear(Beat beat) {
        writersGone = false;
        pipe.add(beat.encoded());
        woken.release();
    }

    /// The agent has ended.
    public void hearEnd() {
        writersGone = true;
        woken.release();
    }

    private final class Pipe implements SwitchLoop.Beats {

        @Override
        public Optional<byte[]> next() {
            return Optional.ofNullable(pipe.poll());
        }

        @Override
        public PipeReader.Woken await(long untilNanos) {
            while (true) {
                woken.drainPermits();
                if (!pipe.isEmpty()) {
                    return PipeReader.Woken.MESSAGES;
                }
                if (writersGone) {
                    writersGone = false;
                    return PipeReader.Woken.WRITERS_GONE;
                }
                long now = clock.nanos();
                if (now >= untilNanos) {
                    return PipeReader.Woken.TIME;
                }
                try {
                    clock.await(
                            woken,
                            untilNanos == Long.MAX_VALUE
                                    ? LONG
                                    : Duration.ofNanos(untilNanos - now));
                } catch (InterruptedException e) {
                    throw new IllegalStateException("nobody interrupts a switch", e);
                }
            }
        }
    }
}
