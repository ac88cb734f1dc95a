package io.howdah.cluster.simulation;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.DocumentType;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.StoreUnavailableException;
import io.howdah.consensus.Transition;
import io.howdah.consensus.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What consensus promises, and no more: one order for all, a majority needed, at most once; but
/// messages are late, answers get lost, a command whose answer did not come may be applied later,
/// and nodes apply the log when they come to it.
final class SimulatedLog {

    private static final long RETRY = 60 * World.MILLI;
    private static final long TICK = 100 * World.MILLI;
    private static final int MISSED_TICKS = 3;

    private final Cluster cluster;
    private final World world;
    private final DocumentType<ClusterState, Command> type;
    private final List<Versioned<ClusterState>> entries = new ArrayList<>();
    private final SortedMap<NodeName, SimulatedStore> members = new TreeMap<>();
    private final BiConsumer<Command, Transition<ClusterState>> applied;

    /// For so long an agent waits for an answer. What it sent may come later than that.
    private final long timeout;

    private final long longestWay;
    private NodeName leader;
    private int missed;

    SimulatedLog(
            Cluster cluster,
            DocumentType<ClusterState, Command> type,
            NodeName first,
            BiConsumer<Command, Transition<ClusterState>> applied) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.type = type;
        this.leader = first;
        this.applied = applied;
        this.timeout = world.between(3 * World.SECOND / 2, 3 * World.SECOND);
        this.longestWay = timeout + world.between(0, 4 * World.SECOND);
        entries.add(new Versioned<>(0, type.initial()));
        world.in(TICK, this::tick);
    }

    ClusterState latest() {
        return entries.getLast().state();
    }

    /// A node's store opens: it may have forgotten what it applied last.
    SimulatedStore open(Host host, AgentProcess process) {
        SimulatedStore before = members.get(host.name());
        long known = before == null ? 0 : before.seen().index();
        long replayed = Math.max(0, known - world.between(0, 6));
        SimulatedStore store = new SimulatedStore(this, host, process, entries.get((int) replayed));
        members.put(host.name(), store);
        return store;
    }

    private boolean runs(NodeName node) {
        SimulatedStore store = members.get(node);
        return store != null && store.process().isRunning();
    }

    private boolean leads(NodeName node) {
        if (!runs(node)) {
            return false;
        }
        Host host = cluster.host(node);
        int reached = 0;
        for (Host other : cluster.hosts()) {
            if (runs(other.name()) && cluster.network().isOpenBothWays(host, other)) {
                reached++;
            }
        }
        return 2 * reached > cluster.hosts().size();
    }

    private void tick() {
        world.in(TICK, this::tick);
        if (leads(leader)) {
            missed = 0;
            members.values().forEach(this::bringUpToDate);
            return;
        }
        if (++missed < MISSED_TICKS) {
            return;
        }
        List<NodeName> able = cluster.hosts().stream().map(Host::name).filter(this::leads).toList();
        if (!able.isEmpty()) {
            leader = world.oneOf(able);
            missed = 0;
            world.trace("", leader + " leads the log");
        }
    }

    private void bringUpToDate(SimulatedStore store) {
        Versioned<ClusterState> last = entries.getLast();
        if (store.seen().index() < last.index() && store.process().isAlive()) {
            send(store, last);
        }
    }

    private void send(SimulatedStore store, Versioned<ClusterState> entry) {
        Host from = cluster.host(leader);
        long late = world.chance(0.03) ? world.between(0, 400 * World.MILLI) : 0;
        cluster.network()
                .send(
                        from,
                        store.host(),
                        () ->
                                world.in(
                                        late,
                                        () -> store.process().happens(() -> store.applied(entry))));
    }

    /// Tries until the leader has it, or it is too late.
    CompletableFuture<Outcome<ClusterState>> submit(SimulatedStore from, Command command) {
        CompletableFuture<Outcome<ClusterState>> reply = from.process().promise();
        failLater(from, reply);
        long writing = world.between(200 * World.MICRO, 2 * World.MILLI);
        Runnable agreed =
                () -> {
                    Transition<ClusterState> change = type.apply(latest(), command);
                    Versioned<ClusterState> entry =
                            new Versioned<>(entries.getLast().index() + 1, change.state());
                    entries.add(entry);
                    applied.accept(command, change);
                    world.in(
                            writing,
                            () ->
                                    members.values()
                                            .forEach(store -> {
                                                if (store.process().isAlive()) {
                                                    send(store, entry);
                                                }
                                            }));
                    answer(
                            from,
                            writing,
                            () ->
                                    from.process()
                                            .keep(reply, new Outcome<>(entry, change.refusal())));
                };
        long late = cluster.ambushes().sends(from.host(), command);
        if (late > 0) {
            world.in(late, agreed);
        } else {
            attempt(from, reply, world.now() + longestWay, agreed);
        }
        return reply;
    }

    CompletableFuture<Versioned<ClusterState>> read(SimulatedStore from) {
        CompletableFuture<Versioned<ClusterState>> reply = from.process().promise();
        failLater(from, reply);
        attempt(
                from,
                reply,
                world.now() + timeout,
                () -> {
                    Versioned<ClusterState> entry = entries.getLast();
                    answer(from, 0, () -> from.process().keep(reply, entry));
                });
        return reply;
    }

    private void failLater(SimulatedStore from, CompletableFuture<?> reply) {
        world.in(
                timeout,
                () -> {
                    if (!reply.isDone()) {
                        from.process()
                                .fail(
                                        reply,
                                        new StoreUnavailableException(
                                                "no majority answers", "wait"));
                    }
                });
    }

    private void answer(SimulatedStore to, long after, Runnable arrives) {
        if (world.chance(0.01)) {
            world.trace(to.host().name().value(), "the answer of the log is lost");
            return;
        }
        Host from = cluster.host(leader);
        world.in(after, () -> cluster.network().send(from, to.host(), arrives));
    }

    private void attempt(
            SimulatedStore from, CompletableFuture<?> reply, long latest, Runnable agreed) {
        if (world.now() > latest || !from.process().isAlive()) {
            return;
        }
        NodeName asked = leader;
        long late = world.chance(0.01) ? world.between(0, 2 * World.SECOND) : 0;
        Runnable again =
                () ->
                        world.in(
                                RETRY,
                                () ->
                                        from.process()
                                                .happens(() ->
                                                        attempt(from, reply, latest, agreed)));
        if (!cluster.network().isOpen(from.host(), cluster.host(asked))) {
            again.run();
            return;
        }
        cluster.network()
                .send(
                        from.host(),
                        cluster.host(asked),
                        () ->
                                world.in(
                                        late,
                                        () -> {
                                            if (world.now() > latest) {
                                                return;
                                            }
                                            if (asked.equals(leader) && leads(asked)) {
                                                agreed.run();
                                            } else {
                                                again.run();
                                            }
                                        }));
    }

    @Nullable SimulatedStore store(NodeName node) {
        return members.get(node);
    }
}
