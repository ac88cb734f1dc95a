package io.howdah.cluster.simulation;

import io.howdah.cluster.deadman.DeadMansSwitch;
import io.howdah.cluster.deadman.SimulatedSwitch;
import io.howdah.cluster.lease.LeaseTerms;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A machine's dead man's switch: a process that outlives agents. An agent finds the one that an
/// agent before it has left, starts one where there is none, and tells it what it said so far, as
/// `SwitchKeeper` does.
final class Safeguard {

    private final Cluster cluster;
    private final World world;
    private final Host host;
    private @Nullable AgentProcess process;
    private @Nullable SimulatedSwitch there;
    private boolean told;

    Safeguard(Cluster cluster, Host host) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.host = host;
    }

    /// Whether nothing ends the PostgreSQL of an agent that is gone or hangs: no switch has heard
    /// an agent yet.
    boolean isOff() {
        return there == null || !told;
    }

    private final class Mouth implements DeadMansSwitch {
        private final AgentProcess agent;
        private final SimulatedSwitch.Words words = new SimulatedSwitch.Words();

        Mouth(AgentProcess agent) {
            this.agent = agent;
        }

        @Override
        public void arm(long deadlineNanos) {
            long deadline =
                    cluster.mutation() == Mutation.DEADLINE_IN_BEAT
                            // "I am alive": the switch counts from when it hears that
                            ? agent.nanos()
                                    + new LeaseTerms(cluster.setup().lease()).fenceAfterNanos()
                            : deadlineNanos;
            say(words.arm(deadline));
        }

        @Override
        public void limit(long deadlineNanos) {
            if (cluster.mutation() == Mutation.LIMIT) {
                return;
            }
            say(words.limit(deadlineNanos));
        }

        @Override
        public void disarm() {
            say(words.disarm());
        }

        private void say(Consumer<SimulatedSwitch> word) {
            SimulatedSwitch hears = there;
            if (hears != null) {
                told = true;
                word.accept(hears);
            }
        }

        @Override
        public boolean isThere() {
            return there != null;
        }

        /// Finds the switch, or starts one.
        void connect() {
            SimulatedSwitch found = there;
            if (found == null) {
                world.in(
                        world.between(100 * World.MILLI, World.SECOND),
                        () -> agent.happens(this::connectToFresh));
                return;
            }
            found.hearHere();
            words.all().ifPresent(this::say);
        }

        private void connectToFresh() {
            if (there == null) {
                begin();
            }
            connect();
        }
    }

    private @Nullable Mouth mouth;

    /// The end that an agent speaks into.
    DeadMansSwitch of(AgentProcess agent) {
        Mouth speaking = new Mouth(agent);
        mouth = speaking;
        speaking.connect();
        agent.onEnd(() -> {
            SimulatedSwitch hears = there;
            if (mouth == speaking && hears != null) {
                mouth = null;
                hears.hearEnd();
            }
        });
        return speaking;
    }

    private void begin() {
        AgentProcess own = cluster.agents().newProcess(host);
        SimulatedSwitch begun =
                new SimulatedSwitch(
                        own,
                        wanted -> kill(own, wanted),
                        said -> {
                            cluster.coverage().reached("the dead man's switch ends PostgreSQL");
                            host.trace("the dead man's switch: " + said);
                        });
        process = own;
        there = begun;
        told = false;
        host.starts(own);
        own.thread(
                        "switch",
                        true,
                        () -> {
                            begun.run();
                            if (there == begun) {
                                there = null;
                                process = null;
                            }
                        })
                .start();
    }

    private boolean kill(AgentProcess own, BooleanSupplier wanted) {
        own.takes(world.between(World.MILLI / 10, 3 * World.MILLI));
        if (!wanted.getAsBoolean()) {
            return false;
        }
        ServerProcess server = host.server();
        boolean works =
                switch (cluster.mutation()) {
                    case DEAD_MANS_SWITCH, CERTAIN_CUT -> false;
                    default -> true;
                };
        if (server != null && works) {
            server.end(true);
        }
        own.takes(world.between(World.MILLI / 10, World.MILLI));
        return true;
    }

    /// Somebody kills it. The agent starts another.
    void isKilled() {
        AgentProcess victim = process;
        if (victim != null) {
            process = null;
            there = null;
            victim.kill();
            Mouth speaking = mouth;
            if (speaking != null) {
                speaking.connect();
            }
        }
    }

    /// The machine is gone, and its processes.
    void crash() {
        mouth = null;
        isKilled();
    }

    void stop() {
        AgentProcess running = process;
        if (running != null) {
            running.gate().stop();
        }
    }

    void goOn() {
        AgentProcess running = process;
        if (running != null) {
            running.gate().goOn();
        }
    }
}
