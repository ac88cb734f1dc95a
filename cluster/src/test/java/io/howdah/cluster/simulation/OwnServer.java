package io.howdah.cluster.simulation;

import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.step.Step;

/// What one agent's process reaches of its machine's PostgreSQL, and of others' over the network.
/// Everything takes time, and can find that what it works on is gone.
final class OwnServer {

    private static final long POLL = 2 * World.MILLI;

    /// Something that comes true, or does not.
    interface Condition {
        boolean holds();
    }

    private final Cluster cluster;
    private final World world;
    private final Host host;
    private final AgentProcess process;

    /// Whether no receiver is left that connected by an earlier service file.
    private boolean cutOff;

    OwnServer(Cluster cluster, Host host, AgentProcess process) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.host = host;
        this.process = process;
    }

    Cluster cluster() {
        return cluster;
    }

    World world() {
        return world;
    }

    Host host() {
        return host;
    }

    Disk disk() {
        return host.disk();
    }

    AgentProcess process() {
        return process;
    }

    boolean isWithout(Mutation rule) {
        return cluster.mutation() == rule;
    }

    boolean isCutOff() {
        return cutOff;
    }

    void cutOff(boolean now) {
        cutOff = now;
    }

    /// The act that is under way has come that far.
    void reached(Step step) {
        cluster.agents().reached(host, process, step);
    }

    /// Longer on a slow disk.
    void takes(long low, long high) {
        process.takes(world.between(low, high) * (disk().slow ? 5 : 1));
    }

    /// A moment until the next look.
    void rests() {
        process.takes(POLL);
    }

    Disk.Data data() {
        Disk.Data there = disk().data;
        if (there == null) {
            throw new IllegalStateException("there is no data directory");
        }
        return there;
    }

    ServerProcess running() {
        ServerProcess server = host.server();
        if (server == null || !server.hasPostmaster()) {
            throw new IllegalStateException("PostgreSQL has ended");
        }
        return server;
    }

    /// It runs and answers within the time that a query may take.
    ServerProcess answering() {
        ServerProcess server = running();
        if (!server.gate().isOpen()) {
            process.takes(World.SECOND);
        }
        server = running();
        if (!server.answers()) {
            throw new IllegalStateException("PostgreSQL does not answer");
        }
        return server;
    }

    /// Waits until it holds, while the server runs.
    void await(String what, long bound, Condition condition) {
        long end = world.now() + bound;
        while (!condition.holds()) {
            running();
            if (world.now() > end) {
                throw new IllegalStateException(what);
            }
            rests();
        }
    }

    /// The leader answers.
    ServerProcess remote(Upstream upstream) {
        Host leader = host.other(upstream.leader());
        if (!leader.isUp() || !cluster.network().isOpenBothWays(host, leader)) {
            process.takes(world.between(World.SECOND, 5 * World.SECOND));
            throw new IllegalStateException(leader + " does not answer");
        }
        process.takes(2 * cluster.network().delay(host, leader));
        ServerProcess server = leader.server();
        if (server == null || !server.answers()) {
            throw new IllegalStateException(leader + " refuses connections");
        }
        return server;
    }

    boolean isStillThere(ServerProcess source) {
        return source.answers() && cluster.network().isOpenBothWays(host, source.host());
    }

    Incarnation freshIncarnation() {
        return new Incarnation("%08x".formatted((int) world.between(0, 0xffff_ffffL)));
    }
}
