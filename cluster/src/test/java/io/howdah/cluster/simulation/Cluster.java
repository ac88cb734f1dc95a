package io.howdah.cluster.simulation;

import io.howdah.cluster.agent.Act;
import io.howdah.cluster.agent.Agent;
import io.howdah.cluster.agent.AgentSettings;
import io.howdah.cluster.agent.LocalRequest;
import io.howdah.cluster.lease.ExpiryProposer;
import io.howdah.cluster.lease.LeaseTerms;
import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.step.Step;
import io.howdah.consensus.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The simulated machines, what runs on them, and the log between them.
final class Cluster {

    /// A node as it is set up.
    ///
    /// @param clockRate how fast its clock runs; 1 is right
    record Node(NodeName name, boolean witness, Member.Tags tags, double clockRate) {}

    /// @param strict durability: writes wait rather than go on with the leader alone
    /// @param synchronousStandbys 0: the default
    /// @param former the number of the node that has a database already, and of one that has a
    ///   standby of it; -1: none
    record Setup(
            List<Node> nodes,
            Duration lease,
            boolean strict,
            int synchronousStandbys,
            int former,
            int formerStandby) {
        Setup {
            nodes = List.copyOf(nodes);
        }
    }

    private static final class Running {
        final AgentProcess process;
        final @Nullable Agent agent;
        @Nullable Act lastAct;
        boolean diesAtStep;
        boolean going;
        long restartAfter;

        Running(AgentProcess process, @Nullable Agent agent) {
            this.process = process;
            this.agent = agent;
        }
    }

    private final World world;
    private final Setup setup;
    private final Mutation mutation;
    private final Network network;
    private final Judge judge;
    private final Coverage coverage = new Coverage();
    private final List<Host> hosts = new ArrayList<>();
    private final Map<NodeName, Running> running = new HashMap<>();
    private final Map<NodeName, Incarnation> fixedIncarnations = new HashMap<>();
    private final SimulatedLog log;
    private final Optional<FormerDatabase> former;
    private boolean tagsOff;
    private @Nullable Consumer<Host> onNextOffer;
    private @Nullable Consumer<Host> onNextRenewal;

    Cluster(World world, Setup setup, Mutation mutation) {
        this.world = world;
        this.setup = setup;
        this.mutation = mutation;
        this.network = new Network(world, setup.nodes().size());
        this.judge = new Judge(world);
        for (Node node : setup.nodes()) {
            hosts.add(new Host(this, hosts.size(), node.name()));
        }
        this.former =
                setup.former() < 0
                        ? Optional.empty()
                        : Optional.of(
                                new FormerDatabase(
                                        this,
                                        hosts.get(setup.former()),
                                        setup.formerStandby() < 0
                                                ? null
                                                : hosts.get(setup.formerStandby())));
        this.log =
                new SimulatedLog(
                        this, Mutants.document(mutation), hosts.getFirst().name(), this::applied);
    }

    World world() {
        return world;
    }

    Mutation mutation() {
        return mutation;
    }

    Network network() {
        return network;
    }

    Judge judge() {
        return judge;
    }

    Coverage coverage() {
        return coverage;
    }

    SimulatedLog log() {
        return log;
    }

    /// The database that the cluster is to adopt, if there is one.
    Optional<FormerDatabase> former() {
        return former;
    }

    ClusterState state() {
        return log.latest();
    }

    Setup setup() {
        return setup;
    }

    List<Host> hosts() {
        return hosts;
    }

    /// Those with PostgreSQL.
    List<Host> members() {
        return hosts.stream().filter(host -> !node(host).witness()).toList();
    }

    Node node(Host host) {
        return setup.nodes().get(host.number());
    }

    Host host(NodeName name) {
        return hosts.stream().filter(host -> host.name().equals(name)).findFirst().orElseThrow();
    }

    Optional<Host> holder() {
        return state().lease() instanceof Lease.Held held
                ? Optional.of(host(held.node()))
                : Optional.empty();
    }

    @Nullable AgentProcess process(Host host) {
        Running there = running.get(host.name());
        return there == null ? null : there.process;
    }

    boolean hasAgent(Host host) {
        AgentProcess process = process(host);
        return process != null && process.isAlive();
    }

    /// Starts a node's agent, or its witness.
    void startAgent(Host host) {
        if (hasAgent(host) || !host.isUp()) {
            return;
        }
        Node node = node(host);
        AgentProcess process = newProcess(host);
        host.starts(process);
        SimulatedStore store = log.open(host, process);
        LeaseTerms terms = new LeaseTerms(setup.lease());
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
                                    former.map(FormerDatabase::systemId).orElse(null),
                                    new ClusterSettings(
                                            1,
                                            node.name().value(),
                                            0,
                                            setup.strict(),
                                            setup.synchronousStandbys(),
                                            new TreeMap<>(),
                                            List.of())),
                            Mutants.postgres(mutation, this, host, process),
                            Mutants.store(mutation, store),
                            process,
                            step -> reached(host, process, step),
                            host.safeguard()
                                    .of(process, () -> store.seen().state().paused() != null));
        }
        running.put(host.name(), new Running(process, agent));
        host.trace("the agent starts");
        if (agent != null) {
            agent.start(host.takeLeave());
        }
    }

    /// Its clock is the machine's.
    AgentProcess newProcess(Host host) {
        return new AgentProcess(
                world, node(host).clockRate(), 1_000 * World.SECOND * host.number());
    }

    /// The agent is told to go, as by the operating system's service manager, and is started again.
    ///
    /// @param grace for how long PostgreSQL is to run on; empty: it is to stop as well
    void goAgent(Host host, Optional<Duration> grace, long startAfter) {
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
                            world.in(startAfter, () -> startAgent(host));
                        })
                .start();
    }

    private static void reportWitness(AgentProcess process, SimulatedStore store, Node node) {
        Member member = new Member(null, "witness", 0, 8008, true, node.tags());
        while (!member.equals(store.seen().state().members().get(node.name()))) {
            try {
                store.submit(
                                new Command.Report(
                                        node.name(), member, store.introduction().self().peerId()))
                        .join();
            } catch (java.util.concurrent.CompletionException e) {
                process.checkAlive();
            }
            process.pause(Duration.ofSeconds(1));
        }
    }

    void killAgent(Host host) {
        AgentProcess process = process(host);
        if (process != null) {
            process.kill();
        }
    }

    void wakeAgent(Host host) {
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

    /// The agent is killed as soon as it has come to a step of what it does.
    void dieAtNextStep(Host host, long restartAfter) {
        Running there = running.get(host.name());
        if (there != null) {
            there.diesAtStep = true;
            there.restartAfter = restartAfter;
        }
    }

    /// Something happens to the next node that is offered the lease, before it hears of it.
    void onNextOffer(Consumer<Host> happens) {
        onNextOffer = happens;
    }

    /// Something happens to the holder of the lease whose renewal is applied next, before it hears
    /// of that.
    void onNextRenewal(Consumer<Host> happens) {
        onNextRenewal = happens;
    }

    void reached(Host host, AgentProcess process, Step step) {
        process.checkAlive();
        coverage.reached("step " + step);
        Running there = running.get(host.name());
        if (there != null && there.process == process && there.diesAtStep) {
            host.trace("the agent dies at " + step);
            world.in(there.restartAfter, () -> startAgent(host));
            process.kill();
            process.checkAlive();
        }
    }

    /// An operator asks any node that answers.
    void submit(Command command) {
        for (Host host : hosts) {
            SimulatedStore store = log.store(host.name());
            if (store != null && store.process().isRunning()) {
                var _ = store.submit(command);
                return;
            }
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
            coverage.reached("act " + Names.ofAct(act));
            host.trace(act.describe());
        }
    }

    private void applied(Command command, Transition<ClusterState> change) {
        String refusal = change.refusal();
        coverage.reached(
                "command "
                        + command.getClass().getSimpleName()
                        + (refusal == null ? " accepted" : " refused: " + Names.plain(refusal)));
        if (world.isTraced()
                && !(command instanceof Command.Renew && refusal == null)
                && !(command instanceof Command.Report)) {
            world.trace("log", command + (refusal == null ? "" : " REFUSED: " + refusal));
            if (refusal == null) {
                world.trace("log", "  " + change.state().lease() + ", " + change.state().sync());
            }
        }
        if (refusal != null) {
            return;
        }
        Consumer<Host> awaited = onNextOffer;
        if (awaited != null && change.state().lease() instanceof Lease.Offered offered) {
            onNextOffer = null;
            awaited.accept(host(offered.to()));
        }
        Consumer<Host> renewed = onNextRenewal;
        if (renewed != null && command instanceof Command.Renew renew) {
            onNextRenewal = null;
            renewed.accept(host(renew.node()));
        }
        if (command instanceof Command.ForceFailover) {
            judge.allowLoss(true);
        }
        if (command instanceof Command.Announce announce) {
            Host host = host(announce.node());
            judge.announced(host, host.server());
            judge.allowLoss(false);
        }
    }

    /// Where a copy comes from: mostly the leader, sometimes a standby that is behind.
    ServerProcess copySource(Host self, ServerProcess leader, List<Upstream> named) {
        if (named.isEmpty() && world.chance(0.7)) {
            return leader;
        }
        List<ServerProcess> others = new ArrayList<>();
        for (Host host : members()) {
            ServerProcess server = host.server();
            if (host != self
                    && server != null
                    && server.answers()
                    && server.mode() == ServerProcess.Mode.STANDBY
                    && server.receiving().isReceiving()
                    && leader.wal()
                            .history()
                            .contains(
                                    server.wal().history(),
                                    new io.howdah.postgres.Lsn(server.wal().end()))
                    && network.isOpenBothWays(self, host)) {
                others.add(server);
            }
        }
        return others.isEmpty() ? leader : world.oneOf(others);
    }

    Incarnation incarnationOnce(Host host, Supplier<Incarnation> fresh) {
        return fixedIncarnations.computeIfAbsent(host.name(), _ -> fresh.get());
    }
}
