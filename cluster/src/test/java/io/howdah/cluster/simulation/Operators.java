package io.howdah.cluster.simulation;

import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.PlannedSwitchover;
import java.util.List;

/// People who change the cluster while it is in trouble: its settings, when it switches over, who
/// belongs to it.
final class Operators {

    private static final String SOMEBODY = "operator";
    private static final long POLL = World.SECOND / 4;

    private final Cluster cluster;
    private final World world;

    Operators(Cluster cluster) {
        this.cluster = cluster;
        this.world = cluster.world();
    }

    /// How durable a commit is. Where a node is nosync nobody may be left that strict commits may
    /// wait for, and then they wait.
    void changeSettings() {
        ClusterSettings now = cluster.state().settings();
        if (now == null) {
            return;
        }
        boolean mayBeStrict =
                cluster.setup().nodes().stream().noneMatch(node -> node.tags().nosync());
        cluster.submit(
                new Command.ChangeSettings(
                        new ClusterSettings(
                                now.version() + 1,
                                SOMEBODY,
                                world.wallMillis(),
                                mayBeStrict && world.chance(0.5),
                                (int) world.between(0, 3),
                                now.parameters(),
                                now.access())));
    }

    void plan(Host to, long later) {
        cluster.submit(
                new Command.PlanSwitchover(
                        new PlannedSwitchover(
                                world.chance(0.5) ? to.name() : null,
                                world.wallMillis() + later / World.MILLI,
                                SOMEBODY,
                                world.wallMillis())));
    }

    /// Where the operating system was updated on some members only, somebody names the next leader
    /// now and then as long as there is none: anybody who has voted, but nothing is to be given up.
    void chooseNowAndThen() {
        ClusterState state = cluster.state();
        if (state.lease() instanceof Lease.Vacant
                && !state.votes().isEmpty()
                && world.chance(0.1)) {
            cluster.coverage().reached("operator names the next leader");
            cluster.submit(
                    new Command.Elect(
                            world.oneOf(List.copyOf(state.votes().keySet())),
                            state.epoch().next(),
                            SOMEBODY));
        }
        world.in(50 * World.MILLI, this::chooseNowAndThen);
    }

    /// Makes anybody the next leader who has voted, if nobody has been elected by then.
    void force(long within) {
        long until = world.now() + within + 3 * World.SECOND;
        tryToForce(until);
    }

    private void tryToForce(long until) {
        ClusterState state = cluster.state();
        if (state.lease() instanceof Lease.Vacant && !state.votes().isEmpty()) {
            cluster.submit(
                    new Command.ForceFailover(
                            world.oneOf(List.copyOf(state.votes().keySet())),
                            state.epoch().next(),
                            SOMEBODY,
                            world.wallMillis()));
        } else if (world.now() < until) {
            world.in(20 * World.MILLI, () -> tryToForce(until));
        }
    }

    /// Takes a member of a cluster that works out, with all that it has, and lets it in anew a
    /// while later; or leaves it, where the next election may need it for too long.
    void remove(Host host, long lasts) {
        ClusterState state = cluster.state();
        boolean leads = state.held().filter(held -> held.node().equals(host.name())).isPresent();
        if (state.sync() != null && state.paused() == null && !leads) {
            cluster.submit(new Command.Remove(host.name(), SOMEBODY));
            world.in(POLL, () -> forget(host, lasts, world.now() + 5 * World.SECOND));
        }
    }

    private void forget(Host host, long lasts, long until) {
        ClusterState state = cluster.state();
        if (!state.members().containsKey(host.name())) {
            cluster.coverage().reached("operator takes a member out");
            goesAndComesAnew(host, lasts);
            return;
        }
        boolean inTime = world.now() < until;
        if (state.leaving().contains(host.name())) {
            cluster.submit(
                    inTime
                            ? new Command.Forget(host.name(), host.peerId(), world.wallMillis())
                            : new Command.CancelRemove(host.name()));
        } else if (!inTime) {
            return;
        }
        world.in(POLL, () -> forget(host, lasts, until));
    }

    /// Its PostgreSQL goes on for a while.
    private void goesAndComesAnew(Host host, long lasts) {
        cluster.agents().kill(host);
        host.isPeerAnew();
        world.in(
                lasts,
                () -> {
                    // somebody else may have started one
                    cluster.agents().kill(host);
                    host.crash();
                    host.disk().data = null;
                    host.disk().service = null;
                    host.boot();
                    cluster.agents().start(host);
                });
    }
}
