package io.howdah.cluster.simulation;

import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One machine: its disk, its PostgreSQL, its agent's process.
final class Host {

    private final Cluster cluster;
    private final int number;
    private final NodeName name;
    private final Disk disk = new Disk();
    private final Set<Host> lostSlots = new HashSet<>();
    private final Map<Host, Long> removedBefore = new HashMap<>();
    private @Nullable ServerProcess server;
    private Gate serverGate = new Gate();
    private boolean up = true;
    private boolean streamsRefused;
    private int suspensions;

    Host(Cluster cluster, int number, NodeName name) {
        this.cluster = cluster;
        this.number = number;
        this.name = name;
    }

    int number() {
        return number;
    }

    NodeName name() {
        return name;
    }

    Disk disk() {
        return disk;
    }

    Judge judge() {
        return cluster.judge();
    }

    Network network() {
        return cluster.network();
    }

    Host other(NodeName other) {
        return cluster.host(other);
    }

    boolean hasWeakCut() {
        return cluster.mutation() == Mutation.CERTAIN_CUT;
    }

    void trace(String what) {
        if (cluster.world().isTraced()) {
            cluster.world().trace(name.value(), what);
        }
    }

    boolean isUp() {
        return up;
    }

    Gate serverGate() {
        return serverGate;
    }

    @Nullable ServerProcess server() {
        return server;
    }

    /// Something reaches this machine's PostgreSQL port; null: nobody listens. A machine that is
    /// down does not answer at all.
    void gateOfServer(Consumer<@Nullable ServerProcess> reached) {
        if (up) {
            serverGate.run(() -> {
                if (up) {
                    reached.accept(server);
                }
            });
        }
    }

    ServerProcess start(boolean standby) {
        ServerProcess running = server;
        if (running != null && !running.isGone()) {
            if (cluster.mutation() != Mutation.DEAD_MEANS_DEAD) {
                throw new IllegalStateException("PostgreSQL is running already");
            }
            running.isLeftBehind();
        }
        ServerProcess started = new ServerProcess(cluster.world(), this, serverGate, standby);
        server = started;
        return started;
    }

    void ended(ServerProcess process) {
        if (server == process) {
            server = null;
            serverDied();
        }
    }

    void opened(ServerProcess process) {
        if (cluster.state().lease() instanceof Lease.Held held && held.node().equals(name)) {
            judge().opened(this, process);
        }
    }

    void serverDied() {
        cluster.wakeAgent(this);
    }

    /// The slot of that member here kept more WAL than it may, and is lost: nobody streams through
    /// it any more, until it is made anew.
    void loseSlotOf(Host follower) {
        ServerProcess running = server;
        if (running != null) {
            lostSlots.add(follower);
            removedBefore.put(follower, running.wal().end());
        }
    }

    /// Replication connections to here are refused: by a firewall, by too many of them.
    void refuseStreams(boolean refuse) {
        streamsRefused = refuse;
    }

    boolean refusesStreams() {
        return streamsRefused;
    }

    void makeSlotAnew(Host follower) {
        lostSlots.remove(follower);
    }

    void makeLostSlotsAnew() {
        lostSlots.clear();
    }

    /// Whether that member can stream from there on.
    boolean keepsWalFor(Host follower, long from) {
        return !lostSlots.contains(follower) && from >= removedBefore.getOrDefault(follower, 0L);
    }

    void crash() {
        up = false;
        ServerProcess running = server;
        if (running != null) {
            running.end(false);
        }
        serverGate.end();
        serverGate = new Gate();
        suspensions = 0;
    }

    void boot() {
        up = true;
    }

    void suspend() {
        suspensions++;
        serverGate.stop();
    }

    void resume() {
        if (suspensions > 0) {
            suspensions--;
            serverGate.goOn();
        }
    }

    @Override
    public String toString() {
        return name.value();
    }
}
