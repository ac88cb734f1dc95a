package io.howdah.cluster.simulation;

import io.howdah.cluster.election.Election;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Sync;
import io.howdah.cluster.state.Vote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One run of a simulated cluster: it is set up, lives through the faults that its seed says, and
/// must be whole again a while after the last of them has healed.
final class Simulation {

    /// What came of a run.
    ///
    /// @param violation the promise that was broken; null: none
    /// @param acknowledged rows
    /// @param trace what happened, if it was traced
    record Result(
            long seed,
            Mutation mutation,
            List<Fault> plan,
            @Nullable String violation,
            int acknowledged,
            long steps,
            Coverage coverage,
            List<String> trace) {

        /// Whether something was lost or faked; a cluster that only fails to become whole, or an
        /// agent that only fails, has kept its word.
        boolean isUnsafe() {
            return violation != null && HARMLESS.stream().noneMatch(violation::startsWith);
        }
    }

    private static final List<String> HARMLESS =
            List.of("not whole ", World.RESTLESS, AgentProcess.FAILED_THREAD);

    private static final long FIRST_FAULT = World.SECOND / 2;
    private static final long LAST_FAULT = 14 * World.SECOND;
    private static final long HEALED = 24 * World.SECOND;

    /// Where leases of 16 s are set, a request for a copy that cannot be had is given up after 78
    /// s.
    private static final long WHOLE_WITHIN = 120 * World.SECOND;

    private static final long OPERATOR_COMES = 15 * World.SECOND;
    private static final long LOOK = World.SECOND;

    private final World world;
    private final Cluster cluster;
    private final long seed;
    private final List<Fault> plan;
    private boolean allIsGone;
    private boolean tagsOff;
    private final List<Client> clients = new ArrayList<>();

    private Simulation(long seed, Mutation mutation, List<Fault> plan, boolean traced) {
        this.seed = seed;
        this.plan = plan;
        this.world = new World(seed * 3 + 1, traced);
        this.cluster =
                new Cluster(
                        world,
                        setup(new SplittableRandom(seed * 3 + 2)),
                        new Leases(seed),
                        mutation);
    }

    static List<Fault> plan(long seed) {
        int nodes = setup(new SplittableRandom(seed * 3 + 2)).nodes().size();
        return Fault.plan(new SplittableRandom(seed * 3), nodes, FIRST_FAULT, LAST_FAULT);
    }

    static Result run(long seed, Mutation mutation) {
        return run(seed, mutation, plan(seed, mutation), false);
    }

    /// What the rules are for is shown without what people do by hand.
    static List<Fault> plan(long seed, Mutation mutation) {
        return mutation == Mutation.NONE
                ? plan(seed)
                : plan(seed).stream()
                        .filter(fault ->
                                !fault.kind().isByHand()
                                        || (fault.kind() == Fault.Kind.PROMOTED_BY_HAND
                                                && mutation == Mutation.STANDBY_MARK))
                        .toList();
    }

    static Result run(long seed, Mutation mutation, List<Fault> plan, boolean traced) {
        return new Simulation(seed, mutation, plan, traced).run();
    }

    private static Cluster.Setup setup(SplittableRandom random) {
        int members = 2 + random.nextInt(10) * 4 / 10;
        int witnesses = members == 2 ? 1 : random.nextInt(6) == 0 ? 1 : 0;
        boolean strict = random.nextInt(6) == 0;
        List<Cluster.Node> nodes = new ArrayList<>();
        for (int i = 1; i <= members + witnesses; i++) {
            boolean witness = i > members;
            nodes.add(
                    new Cluster.Node(
                            new NodeName("n" + i),
                            witness,
                            tags(random, strict),
                            0.95 + random.nextDouble() * 0.1,
                            ""));
        }
        Duration lease = random.nextBoolean() ? Duration.ofSeconds(1) : Duration.ofSeconds(2);
        int synchronousStandbys = random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0;
        int former = random.nextInt(8) == 0 ? random.nextInt(members) : -1;
        int formerStandby = former < 0 || random.nextBoolean() ? -1 : (former + 1) % members;
        return new Cluster.Setup(
                random.nextInt(8) == 0 ? halfUpdated(nodes, random) : nodes,
                lease,
                strict,
                synchronousStandbys,
                former,
                formerStandby);
    }

    /// The operating system was updated on some of them, on all but one as often as not.
    private static List<Cluster.Node> halfUpdated(
            List<Cluster.Node> nodes, SplittableRandom random) {
        int former = random.nextInt(nodes.size());
        boolean oneIsLeft = random.nextBoolean();
        List<Cluster.Node> updated = new ArrayList<>();
        for (Cluster.Node node : nodes) {
            boolean old = oneIsLeft ? updated.size() == former : random.nextBoolean();
            updated.add(
                    new Cluster.Node(
                            node.name(),
                            node.witness(),
                            node.tags(),
                            node.clockRate(),
                            old ? "c 2.36" : "c 2.41"));
        }
        return updated;
    }

    private static Member.Tags tags(SplittableRandom random, boolean strict) {
        if (random.nextInt(4) != 0) {
            return Member.Tags.NONE;
        }
        return new Member.Tags(
                random.nextInt(3) == 0,
                random.nextInt(3),
                random.nextBoolean() ? "" : random.nextBoolean() ? "a" : "b",
                // where nobody is left that writes may wait for, strict means that they wait
                random.nextInt(6) == 0 && !strict,
                random.nextInt(3) == 0);
    }

    private Result run() {
        cluster.former().ifPresent(FormerDatabase::begin);
        cluster.hosts()
                .forEach(host ->
                        world.in(
                                world.between(0, 300 * World.MILLI),
                                () -> cluster.agents().start(host)));
        for (int i = 0; i < 3; i++) {
            Client client = new Client(cluster);
            clients.add(client);
            client.start();
        }
        new Faults(cluster).schedule(plan);
        if (cluster.isHalfUpdated()) {
            new Operators(cluster).chooseNowAndThen();
        }
        world.runUntil(HEALED);
        long bound = world.now() + WHOLE_WITHIN;
        while (world.violation() == null && !isWhole()) {
            if (world.now() >= bound) {
                world.broken(
                        "not whole "
                                + WHOLE_WITHIN / World.SECOND
                                + " s after the last fault: "
                                + state());
                break;
            }
            if (cluster.state().paused() != null) {
                cluster.submit(new Command.Resume("operator", world.now()));
            }
            if (world.now() > HEALED + OPERATOR_COMES) {
                operatorHelps();
                cluster.former().ifPresent(FormerDatabase::emptyWhereAnotherLeads);
            }
            world.runUntil(world.now() + LOOK);
        }
        finalCheck();
        end();
        return new Result(
                seed,
                cluster.mutation(),
                plan,
                world.violation(),
                cluster.judge().acknowledged(),
                world.steps(),
                cluster.coverage(),
                world.traced());
    }

    /// What 10-cluster leaves to a person: tags that keep everybody from leading are taken off, and
    /// where a data directory that an election needs is gone for ever, or somebody ran a primary in
    /// it, loss is allowed.
    private void operatorHelps() {
        ClusterState state = cluster.state();
        Sync sync = state.sync();
        if (!(state.lease() instanceof Lease.Vacant)
                || sync == null
                || Election.of(state) instanceof Election.Verdict.Winner) {
            return;
        }
        boolean somethingGone = dataWereTaken() && isSomethingGone(sync);
        if (somethingGone && cluster.members().stream().noneMatch(Simulation::hasConsistentData)) {
            allIsGone = true;
        } else if (!Election.complete(state).isEmpty() && !cluster.isHalfUpdated() && !tagsOff) {
            tagsOff = true;
            cluster.coverage().reached("operator takes tags off");
            cluster.agents().takeTagsOff();
            cluster.members().forEach(cluster.agents()::kill);
            cluster.members().forEach(cluster.agents()::start);
        } else if ((somethingGone
                        || (dataWereTaken()
                                && Election.of(state).why().contains("--allow-data-loss")))
                && !state.votes().isEmpty()) {
            cluster.coverage().reached("operator allows loss");
            NodeName furthest =
                    state.votes().entrySet().stream()
                            .max(
                                    Map.Entry.comparingByValue(
                                            Comparator.comparing((Vote vote) -> !vote.uncertain())
                                                    .thenComparing(Vote::position, Position.ORDER)))
                            .orElseThrow()
                            .getKey();
            cluster.submit(
                    new Command.ForceFailover(
                            furthest, state.epoch().next(), "operator", world.now()));
        }
    }

    /// Whether somebody or something outside of the cluster took a data directory away: only then
    /// may an election need a person.
    private boolean dataWereTaken() {
        return cluster.former().isPresent() || plan.stream().anyMatch(f -> f.kind().takesData());
    }

    private boolean isSomethingGone(Sync sync) {
        SortedMap<NodeName, Incarnation> needed = new TreeMap<>(sync.voters());
        needed.put(sync.leader(), sync.leaderIncarnation());
        return needed.entrySet().stream()
                .anyMatch(entry -> {
                    Disk.Data data = cluster.host(entry.getKey()).disk().data;
                    return data == null || !data.incarnation.equals(entry.getValue());
                });
    }

    private static boolean hasConsistentData(Host host) {
        Disk.Data data = host.disk().data;
        return data != null && !data.interrupted && data.rewoundFor == null;
    }

    private boolean isWhole() {
        if (allIsGone) {
            cluster.coverage().reached("all data directories are gone");
            return true;
        }
        if (!(cluster.state().lease() instanceof Lease.Held held)
                || cluster.state().currentLeader().isEmpty()) {
            return false;
        }
        Host leader = cluster.host(held.node());
        ServerProcess server = leader.server();
        if (server == null || !server.isOpenPrimary()) {
            return false;
        }
        for (Host host : cluster.members()) {
            if (host != leader) {
                ServerProcess standby = host.server();
                if (standby == null
                        || standby.mode() != ServerProcess.Mode.STANDBY
                        || !standby.receiving().isReceiving()
                        || server.sending().senders().stream()
                                .noneMatch(link -> link.down == standby)) {
                    return false;
                }
            }
        }
        long served = clients.stream().mapToLong(Client::lastServed).max().orElse(-1);
        return served > world.now() - World.SECOND;
    }

    private void finalCheck() {
        if (world.violation() != null) {
            return;
        }
        cluster.holder()
                .ifPresent(host -> {
                    ServerProcess server = host.server();
                    if (server != null) {
                        cluster.judge().read(host, server);
                        cluster.judge().holdsAll(host, server, "the last primary");
                    }
                });
    }

    private String state() {
        StringBuilder text = new StringBuilder();
        text.append(cluster.state().lease()).append(", ").append(cluster.state().sync());
        text.append(", votes ").append(cluster.state().votes());
        for (Host host : cluster.members()) {
            text.append("; ")
                    .append(host)
                    .append(' ')
                    .append(host.server())
                    .append(' ')
                    .append(host.disk().service);
        }
        return text.toString();
    }

    private void end() {
        cluster.hosts().forEach(cluster.agents()::kill);
        cluster.hosts().forEach(host -> host.safeguard().crash());
        world.drain();
    }
}
