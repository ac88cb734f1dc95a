package io.howdah.cluster.deadman;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.lease.LeaseTerms;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.process.PipeReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The switch's real loop with a watchdog, in virtual time: at whatever moment the switch is
/// frozen, its machine is reset before the lease is over; and it is not while all goes well.
class WatchdogTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    /// What happens to the machine, or ends the test. Not an exception: the switch goes on after
    /// each.
    private static final class Over extends Error {
        private static final long serialVersionUID = 1;

        Over(String what) {
            super(what);
        }
    }

    private record Said(long atNanos, Beat beat) {}

    /// A machine with a switch, its device and a PostgreSQL.
    private static final class Machine implements SwitchLoop.Beats, Watchdog.Device {
        final LeaseTerms terms;
        final WatchdogOrder order;
        final Deque<Said> agent = new ArrayDeque<>();
        final List<String> log = new ArrayList<>();
        long now = 1;
        long frozenFromNanos = Long.MAX_VALUE;
        long agentEndsNanos = Long.MAX_VALUE;
        boolean stuck;
        boolean stoppable = true;
        boolean busy;
        boolean running;
        boolean postgresEnded;
        long fedAt;

        Machine(int leaseSeconds) {
            terms = new LeaseTerms(Duration.ofSeconds(leaseSeconds));
            order = WatchdogOrder.of(Path.of("/dev/watchdog"), terms, false);
        }

        long lease() {
            return terms.lease().toNanos();
        }

        long resetAt() {
            return running ? fedAt + order.timeoutSeconds() * SECOND : Long.MAX_VALUE;
        }

        void say(long atNanos, Beat beat) {
            agent.add(new Said(atNanos, beat));
        }

        /// Renewals as the keeper sends them, each confirmed a while later.
        Machine renews(long untilNanos) {
            for (long sent = 0; sent <= untilNanos; sent += terms.renewEveryNanos()) {
                say(sent + 5 * MILLI, new Beat.Arm(sent + terms.fenceAfterNanos()));
            }
            return this;
        }

        /// Lets time pass; past a freeze nothing but the device goes on.
        private void passTo(long nanos) {
            now = Math.min(nanos, Math.min(frozenFromNanos, resetAt()));
            if (now == resetAt()) {
                throw new Over("reset");
            }
            if (now == frozenFromNanos) {
                throw new Over("frozen");
            }
        }

        String run(long untilNanos) {
            var watchdog =
                    new Watchdog(
                            new Feeding(order.timeoutSeconds() * SECOND), this::open, log::add);
            say(untilNanos, new Beat.Here());
            try {
                new SwitchLoop(
                                this,
                                () -> now,
                                (wanted, round) -> {
                                    passTo(now + (stuck ? round.toNanos() : 2 * MILLI));
                                    postgresEnded |= !stuck;
                                    return wanted.getAsBoolean() && !stuck;
                                },
                                watchdog,
                                "test",
                                log::add)
                        .run();
                return "ended";
            } catch (Over e) {
                return String.valueOf(e.getMessage());
            }
        }

        private Watchdog.Device open() {
            if (busy) {
                throw new PostgresException("somebody else feeds it", "take it away");
            }
            running = true;
            fedAt = now;
            return this;
        }

        @Override
        public boolean feed() {
            fedAt = now;
            return true;
        }

        @Override
        public boolean stop() {
            running &= !stoppable;
            return stoppable;
        }

        @Override
        public Optional<byte[]> next() {
            return agent.isEmpty() || agent.getFirst().atNanos() > now
                    ? Optional.empty()
                    : Optional.of(agent.removeFirst().beat().encoded());
        }

        @Override
        public PipeReader.Woken await(long untilNanos) {
            if (agent.isEmpty()) {
                throw new Over("all said");
            }
            if (now >= agentEndsNanos) {
                agentEndsNanos = Long.MAX_VALUE;
                return PipeReader.Woken.WRITERS_GONE;
            }
            long heard = agent.getFirst().atNanos();
            passTo(Math.max(now, Math.min(untilNanos, Math.min(heard, agentEndsNanos))));
            return now >= heard ? PipeReader.Woken.MESSAGES : PipeReader.Woken.TIME;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 7, 8, 10, 12, 30, 60})
    void machineOfAFrozenSwitchIsResetBeforeItsLeaseIsOver(int leaseSeconds) {
        long lastSent = 2L * leaseSeconds * SECOND;
        long fence = lastSent + new Machine(leaseSeconds).terms.fenceAfterNanos();
        for (long frozen = 10 * MILLI; frozen < fence; frozen += 17 * MILLI) {
            var machine = new Machine(leaseSeconds).renews(lastSent);
            machine.frozenFromNanos = frozen;
            assertThat(machine.run(fence + SECOND)).isEqualTo("frozen");

            // a renewal that was sent before it froze may be confirmed to the agent, and nobody
            // else
            long sent =
                    Math.min(
                            lastSent,
                            frozen
                                    / machine.terms.renewEveryNanos()
                                    * machine.terms.renewEveryNanos());
            assertThat(machine.resetAt())
                    .as("frozen at %d ms", frozen / MILLI)
                    .isLessThan(sent + machine.lease());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 7, 8, 10, 12, 30, 60})
    void machineWhosePostgresCannotBeEndedIsResetBeforeTheLeaseIsOver(int leaseSeconds) {
        var machine = new Machine(leaseSeconds).renews(2L * leaseSeconds * SECOND);
        machine.stuck = true;

        assertThat(machine.run(10L * leaseSeconds * SECOND)).isEqualTo("reset");

        assertThat(machine.now).isLessThan(3L * leaseSeconds * SECOND);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 7, 8, 10, 12, 30, 60})
    void machineWhosePostgresIsEndedInTimeIsNotReset(int leaseSeconds) {
        var machine = new Machine(leaseSeconds).renews(2L * leaseSeconds * SECOND);

        assertThat(machine.run(10L * leaseSeconds * SECOND)).isEqualTo("all said");

        assertThat(machine.postgresEnded).isTrue();
        assertThat(machine.running).as("nothing is left to guard").isFalse();
    }

    @Test
    void renewalsKeepTheMachineUp() {
        var machine = new Machine(4).renews(1_000 * SECOND);
        assertThat(machine.run(1_001 * SECOND)).isEqualTo("all said");
        assertThat(machine.running).isTrue();
        assertThat(machine.postgresEnded).isFalse();
    }

    @Test
    void disarmedItIsStopped() {
        var machine = new Machine(4).renews(10 * SECOND);
        machine.say(11 * SECOND, new Beat.Disarm());
        assertThat(machine.run(100 * SECOND)).isEqualTo("all said");
        assertThat(machine.running).isFalse();
    }

    @Test
    void oneThatCannotBeStoppedIsFedForEver() {
        var machine = new Machine(4).renews(10 * SECOND);
        machine.stoppable = false;
        machine.agentEndsNanos = 12 * SECOND;
        machine.say(11 * SECOND, new Beat.Disarm());

        assertThat(machine.run(1_000 * SECOND)).as("it goes on").isEqualTo("all said");

        assertThat(machine.running).isTrue();
        assertThat(machine.log).singleElement().asString().contains("nowayout");
    }

    @Test
    void oneThatSomebodyElseHasIsTriedAgainAndComplainedOfOnce() {
        var machine = new Machine(4).renews(100 * SECOND);
        machine.busy = true;
        assertThat(machine.run(101 * SECOND)).isEqualTo("all said");
        assertThat(machine.log)
                .singleElement()
                .asString()
                .contains("somebody else feeds it")
                .contains("HINT: take it away");
    }

    /// Told after its deadline, it ends PostgreSQL; there is nothing to open a device for.
    @Test
    void pastTheDeadlineItIsNotStartedAnyMore() {
        var machine = new Machine(4);
        machine.say(10 * SECOND, new Beat.Arm(9 * SECOND));
        assertThat(machine.run(20 * SECOND)).isEqualTo("all said");
        assertThat(machine.postgresEnded).isTrue();
        assertThat(machine.running).isFalse();
    }

    @Test
    void timeoutIsTheWholeSecondsOfAQuarterOfTheLease() {
        assertThat(new Machine(4).order.timeoutSeconds()).isEqualTo(1);
        assertThat(new Machine(7).order.timeoutSeconds()).isEqualTo(1);
        assertThat(new Machine(60).order.timeoutSeconds()).isEqualTo(15);
    }
}
