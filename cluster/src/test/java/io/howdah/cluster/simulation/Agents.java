package io.howdah.cluster.simulation;

import io.howdah.cluster.agent.Act;
import io.howdah.cluster.agent.Agent;
import io.howdah.cluster.agent.AgentSettings;
import io.howdah.cluster.agent.LocalRequest;
import io.howdah.cluster.lease.ExpiryProposer;
import io.howdah.cluster.lease.LeaseTerms;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.step.Step;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The real agents on the simulated machines: how they are started and end, and what is asked of
/// them.
final class Agents {

    private static final class Running {
        final AgentProcess process;
        final @Nullable Agent agent;
        @Nullable Act lastAct;
        @Nullable Predicate<Step> diesAt;
        boolean going;
        long restartAfter;

        Running(AgentProcess process, @Nullable Agent agent) {
            this.process = process;
            this.agent = agent;
        }
    }

    private final Cluster cluster;
    private final World world;
    private final Map<NodeName, Running> running = new HashMap<>();
    private boolean tagsOff;

    Agents(Cluster cluster) {
        this.cluster = cluster;
        this.world = cluster.world();
    }

    @Nullable AgentProcess process(Host host) {
        Running there = running.get(host.name());
        return there == null ? null : there.process;
    }

    boolean isAlive(Host host) {
        AgentProcess process = process(host);
        return process != null && process.isAlive();
    }

    /// Starts a node's agent, or its witness.
    void start(Host host) {
        if (isAlive(host) || !host.isUp()) {
            return;
        }
        Cluster.Node node = cluster.node(host);
        AgentProcess process = newProcess(host);
        host.starts(process);
        SimulatedStore store = cluster.log().open(host, process);
        LeaseTerms terms = cluster.nextTerms();
        Agent agent = null;
        if (node.witness()) {
            process.thread("witness", true, () -> reportWitness(process, store, node)).start();
            new ExpiryProposer(node.name(), store, terms, process).start();
        } else {
            agent =
                    new Agent(
                            new AgentSettings(
                                    node.name(),
                                    "10.0.0." + host.number(),
                                    5432,
                                    8008,
                                    tagsOff ? Member.Tags.NONE : node.tags(),
                                    terms,
                                    cluster.former().map(FormerDatabase::systemId).orElse(null),
                                    new ClusterSettings(
                                            1,
                                            node.name().value(),
                                            0,
                                            cluster.setup().strict(),
                                            cluster.setup().synchronousStandbys(),
                                            new TreeMap<>(),
                                            List.of())),
                            Mutants.postgres(cluster.mutation(), cluster, host, process),
                            Mutants.store(cluster.mutation(), store),
                            process,
                            step -> reached(host, process, step),
                            host.safeguard().of(process));
        }
        running.put(host.name(), new Running(process, agent));
        host.trace("the agent starts");
        if (agent != null) {
            agent.start(host.takeLeave());
        }
    }

    /// Its clock is the machine's.
    AgentProcess newProcess(Host host) {
        return new AgentProcess(world, host.clock());
    }

    /// The agent is told to go, as by the operating system's service manager, and is started again.
    ///
    /// @param grace for how long PostgreSQL is to run on; empty: it is to stop as well
    void go(Host host, Optional<Duration> grace, long startAfter) {
        Running there = running.get(host.name());
        if (there == null || there.agent == null || there.going || !there.process.isAlive()) {
            return;
        }
        there.going = true;
        Agent agent = there.agent;
        AgentProcess process = there.process;
        process.thread(
                        "going",
                        true,
                        () -> {
                            if (grace.isPresent()) {
                                host.leaves(agent.leave(grace.get()));
                            } else {
                                agent.close();
                            }
                            host.trace("the agent has gone");
                            process.kill();
                            world.in(startAfter, () -> start(host));
                        })
                .start();
    }

    private static void reportWitness(
            AgentProcess process, SimulatedStore store, Cluster.Node node) {
        Member member = new Member(null, "witness", 0, 8008, true, node.tags());
        while (!member.equals(store.seen().state().members().get(node.name()))) {
            try {
                store.submit(
                                new Command.Report(
                                        node.name(), member, store.introduction().self().peerId()))
                        .join();
            } catch (CompletionException e) {
                process.checkAlive();
            }
            process.pause(Duration.ofSeconds(1));
        }
    }

    void kill(Host host) {
        AgentProcess process = process(host);
        if (process != null) {
            process.kill();
        }
    }

    void wake(Host host) {
        Running there = running.get(host.name());
        if (there != null && there.agent != null && there.process.isAlive()) {
            Agent agent = there.agent;
            world.in(World.MILLI, () -> there.process.happens(agent::wake));
        }
    }

    /// The operator takes every tag off, which holds from the next start of an agent.
    void takeTagsOff() {
        tagsOff = true;
    }

    /// The agent is killed as soon as it has come to such a step of what it does.
    void dieAt(Host host, Predicate<Step> steps, long restartAfter) {
        Running there = running.get(host.name());
        if (there != null) {
            there.diesAt = steps;
            there.restartAfter = restartAfter;
        }
    }

    void reached(Host host, AgentProcess process, Step step) {
        process.checkAlive();
        cluster.coverage().reached("step " + step);
        Running there = running.get(host.name());
        if (there != null
                && there.process == process
                && there.diesAt != null
                && there.diesAt.test(step)) {
            host.trace("the agent dies at " + step);
            world.in(there.restartAfter, () -> start(host));
            process.kill();
            process.checkAlive();
        }
    }

    /// An operator asks something of one node.
    void ask(Host host, LocalRequest request) {
        Running there = running.get(host.name());
        if (there != null && there.agent != null && there.process.isRunning()) {
            Agent agent = there.agent;
            there.process.happens(() -> {
                var _ = agent.ask(request);
            });
        }
    }

    /// The agent looks again: what it did last is known by now.
    void looked(Host host) {
        Running there = running.get(host.name());
        if (there == null || there.agent == null) {
            return;
        }
        Act act = there.agent.report().act();
        if (act != null && !act.equals(there.lastAct)) {
            there.lastAct = act;
            cluster.coverage().reached("act " + Names.ofAct(act));
            host.trace(act.describe());
        }
    }
}
