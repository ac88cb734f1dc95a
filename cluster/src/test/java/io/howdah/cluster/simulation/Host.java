package io.howdah.cluster.simulation;

import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One machine: its disk, its PostgreSQL, its agent's process.
final class Host {

    /// How long the switch and the agent may take to find out that PostgreSQL has to end, and to
    /// kill.
    static final long TO_KILL = 100 * World.MILLI;

    private final Cluster cluster;
    private final int number;
    private final NodeName name;
    private final Disk disk = new Disk();
    private final Set<Host> lostSlots = new HashSet<>();
    private final Map<Host, Long> removedBefore = new HashMap<>();
    private final Safeguard safeguard;
    private final HostClock clock;
    private OptionalLong mayLeadUntilNanos = OptionalLong.empty();
    private long wokeAt = Long.MIN_VALUE / 2;
    private @Nullable Incarnation onlyIncarnation;
    private @Nullable ServerProcess server;
    private Gate serverGate = new Gate();
    private boolean up = true;
    private boolean streamsRefused;
    private int suspensions;
    private int peers;

    Host(Cluster cluster, int number, NodeName name, double clockRate) {
        this.cluster = cluster;
        this.number = number;
        this.name = name;
        this.clock = new HostClock(cluster.world(), clockRate, 1_000 * World.SECOND * number);
        this.safeguard = new Safeguard(cluster, this);
    }

    int number() {
        return number;
    }

    NodeName name() {
        return name;
    }

    HostClock clock() {
        return clock;
    }

    Disk disk() {
        return disk;
    }

    Judge judge() {
        return cluster.judge();
    }

    /// Under which it takes part in consensus.
    String peerId() {
        return name + "-simulated-" + peers;
    }

    /// It is let into consensus anew.
    void isPeerAnew() {
        peers++;
    }

    Network network() {
        return cluster.network();
    }

    Host other(NodeName other) {
        return cluster.host(other);
    }

    boolean hasWeakCut() {
        return switch (cluster.mutation()) {
            case CERTAIN_CUT, CUT_BESIDE_SWITCH -> true;
            default -> false;
        };
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
            cluster.former().ifPresent(former -> former.startLater(this));
        }
    }

    void opened(ServerProcess process) {
        if (cluster.state().lease() instanceof Lease.Held held && held.node().equals(name)) {
            judge().opened(this, process);
        }
    }

    void serverDied() {
        cluster.agents().wake(this);
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

    /// Replication connections to here are refused: by a firewall, by too many of them. A standby
    /// follows whose WAL ends in a record that its leader has not.
    void overwrites() {
        cluster.coverage().reached("the beginning of a record is overwritten");
    }

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

    /// The same each time: what a machine would have whose copies keep their incarnation.
    Incarnation incarnationOnce(Supplier<Incarnation> fresh) {
        Incarnation once = onlyIncarnation;
        if (once == null) {
            once = fresh.get();
            onlyIncarnation = once;
        }
        return once;
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
        safeguard.crash();
        mayLeadUntilNanos = OptionalLong.empty();
    }

    void boot() {
        up = true;
        cluster.former().ifPresent(former -> former.startLater(this));
    }

    boolean isSuspended() {
        return suspensions > 0;
    }

    /// The whole machine sleeps.
    void suspend() {
        suspensions++;
        serverGate.stop();
        safeguard.stop();
        AgentProcess agent = cluster.agents().process(this);
        if (agent != null) {
            agent.gate().stop();
        }
    }

    void resume() {
        if (suspensions > 0) {
            suspensions--;
            wokeAt = cluster.world().now();
            serverGate.goOn();
            safeguard.goOn();
            AgentProcess agent = cluster.agents().process(this);
            if (agent != null && agent.isAlive()) {
                agent.gate().goOn();
            }
        }
    }

    /// Its hypervisor holds it, or has moved it: it does not know that time has passed.
    void resumeUnawares(long slept) {
        if (suspensions > 0) {
            clock.doesNotCount(slept);
            resume();
        }
    }

    /// What is started here while the machine sleeps sleeps as well.
    void starts(AgentProcess process) {
        for (int i = 0; i < suspensions; i++) {
            process.gate().stop();
        }
    }

    Safeguard safeguard() {
        return safeguard;
    }

    /// Whether a primary here may go on to answer though another has begun to: the machine has just
    /// woken up, and what ends it has not come to it yet; its clock is behind by what it was held
    /// since it last got time to lead; or there is nothing that could end it. (None of that lets it
    /// acknowledge anything.)
    ///
    /// @param since when the other began
    boolean mayAnswerLate(long since) {
        long now = cluster.world().now();
        return now - wokeAt < TO_KILL
                || now - since < clock.behind() + (clock.behind() > 0 ? TO_KILL : 0)
                || safeguard.isOff()
                || cluster.mutation() == Mutation.CERTAIN_CUT;
    }

    /// An agent has left its PostgreSQL running.
    void leaves(OptionalLong untilNanos) {
        mayLeadUntilNanos = untilNanos;
    }

    /// What the agent before has left, told once.
    OptionalLong takeLeave() {
        OptionalLong left = mayLeadUntilNanos;
        mayLeadUntilNanos = OptionalLong.empty();
        return left;
    }

    @Override
    public String toString() {
        return name.value();
    }
}
