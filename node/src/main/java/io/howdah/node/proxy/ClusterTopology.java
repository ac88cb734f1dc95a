package io.howdah.node.proxy;

import io.howdah.cluster.lease.BootClock;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.LeadershipReport;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.topology.Leadership;
import io.howdah.proxy.topology.Topology;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells a proxy who leads, by what the agent beside it and the nodes' APIs say.
final class ClusterTopology implements Topology {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterTopology.class);
    private static final long UNLIMITED_NANOS = TimeUnit.HOURS.toNanos(1);

    private final BootClock clock;
    private final LeadershipPoll poll;
    private final Neighbours neighbours;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private KnownLeader known = KnownLeader.NOBODY; // guarded by lock
    private @Nullable Thread thread; // guarded by lock

    /// @param nodes base URLs of nodes; at least one
    /// @param client with the credentials to show them; asked for each time
    /// @param askThem whether the nodes are to be asked now
    ClusterTopology(
            BootClock clock, List<URI> nodes, Supplier<ApiClient> client, BooleanSupplier askThem) {
        this.clock = clock;
        this.poll = new LeadershipPoll(nodes, client, askThem, this::hear);
        this.neighbours = new Neighbours(poll::nodes, client);
    }

    /// Begins to ask.
    void start() {
        poll.start();
    }

    private void hear(LeadershipReport report) {
        change(before -> before.hear(report));
    }

    /// The agent beside this proxy has.
    void hearOwn(LeadershipReport report) {
        poll.know(report.api());
        change(before -> before.hearOwn(report));
    }

    private void change(UnaryOperator<KnownLeader> change) {
        lock.lock();
        try {
            KnownLeader before = known;
            known = change.apply(before);
            if (!known.equals(before)) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void follow(Consumer<Leadership> listener) {
        lock.lock();
        try {
            thread = Thread.ofVirtual().name("leadership").start(() -> tell(listener));
        } finally {
            lock.unlock();
        }
    }

    private void tell(Consumer<Leadership> listener) {
        try {
            Leadership told = null;
            while (true) {
                told = awaitOther(told);
                LOG.info(
                        told.primary() == null
                                ? "epoch {}: nobody leads, clients wait"
                                : "epoch {}: the primary is {}",
                        told.epoch(),
                        told.primary());
                listener.accept(told);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Leadership awaitOther(@Nullable Leadership told) throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                long now = clock.nanos();
                Leadership next = known.at(now);
                if (!next.equals(told)) {
                    return next;
                }
                OptionalLong left = known.nanosLeft(now);
                long _ = changed.awaitNanos(left.orElse(UNLIMITED_NANOS));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void doubt() {
        poll.hurry();
    }

    @Override
    public CompletableFuture<Optional<ServerAddress.Tcp>> proxy(int number) {
        return neighbours.find(number);
    }

    @Override
    public void close() {
        poll.close();
        lock.lock();
        try {
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
