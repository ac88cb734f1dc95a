package io.howdah.cluster.simulation;

import io.howdah.cluster.lease.LeaseTerms;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The simulated machines, what runs on them, and the log between them.
final class Cluster {

    /// A node as it is set up.
    ///
    /// @param clockRate how fast its clock runs; 1 is right
    /// @param collations by which versions it sorts; empty: as all do
    record Node(
            NodeName name,
            boolean witness,
            Member.Tags tags,
            double clockRate,
            String collations) {}

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

    private final World world;
    private final Setup setup;
    private final Leases leases;
    private final Mutation mutation;
    private final Network network;
    private final Judge judge;
    private final Coverage coverage = new Coverage();
    private final List<Host> hosts = new ArrayList<>();
    private final Agents agents;
    private final SimulatedLog log;
    private final Optional<FormerDatabase> former;
    private final Ambushes ambushes = new Ambushes(this::host);

    Cluster(World world, Setup setup, Leases leases, Mutation mutation) {
        this.world = world;
        this.setup = setup;
        this.leases = leases;
        this.mutation = mutation;
        this.network = new Network(world, setup.nodes().size());
        this.judge = new Judge(world);
        this.agents = new Agents(this);
        for (Node node : setup.nodes()) {
            hosts.add(new Host(this, hosts.size(), node.name(), node.clockRate()));
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

    Agents agents() {
        return agents;
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

    /// How long a lease an agent starts with.
    LeaseTerms nextTerms() {
        return leases.next(setup.lease());
    }

    Setup setup() {
        return setup;
    }

    /// Whether members sort by different versions.
    boolean isHalfUpdated() {
        return setup.nodes().stream().anyMatch(node -> !node.collations().isEmpty());
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

    /// What waits for its moment.
    Ambushes ambushes() {
        return ambushes;
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
        switch (command) {
            case Command.Claim claim -> {
                judge.claimed(claim.epoch());
                host(claim.node()).clock().othersCountAnew();
            }
            case Command.Renew renew -> host(renew.node()).clock().othersCountAnew();
            case Command.Furlough furlough -> host(furlough.node()).clock().othersCountAnew();
            case Command.ForceFailover forced -> judge.allowLoss(true);
            case Command.Announce announce -> {
                Host host = host(announce.node());
                judge.announced(host, host.server());
                judge.allowLoss(false);
            }
            default -> {}
        }
        ambushes.applied(command, change.state());
    }
}
