package io.howdah.cluster.lease;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.Store;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread on which a node watches the lease of others, and proposes to expire one that is not
/// renewed. Every node runs one, witnesses too. `start` and `close` are called once.
public final class ExpiryProposer implements AutoCloseable {

    /// Looks in the length of a lease: how late an expiry can be noticed.
    private static final int LOOKS_PER_LEASE = 20;

    private static final Logger LOG = LoggerFactory.getLogger(ExpiryProposer.class);

    private final Store<ClusterState, Command> store;
    private final LeaseTerms terms;
    private final BootClock clock;
    private final ExpiryWatch watch;
    private final Thread thread;
    private Command.@Nullable Expire said;
    private boolean failed;
    private volatile boolean closed;

    public ExpiryProposer(
            NodeName self, Store<ClusterState, Command> store, LeaseTerms terms, BootClock clock) {
        this.store = store;
        this.terms = terms;
        this.clock = clock;
        this.watch = new ExpiryWatch(self, terms);
        this.thread = clock.thread("expiry", true, this::run);
    }

    /// Starts the thread.
    public void start() {
        thread.start();
    }

    private void run() {
        Duration pause = terms.lease().dividedBy(LOOKS_PER_LEASE);
        while (true) {
            clock.pause(pause);
            if (closed) {
                return;
            }
            if (store.seen().state().paused() != null) {
                // no lease expires; the gap makes the watch count anew afterwards
                continue;
            }
            watch.look(store.seen().state().lease(), clock.nanos(), clock.wallMillis())
                    .ifPresent(this::propose);
        }
    }

    /// A node that is cut off proposes the same for as long as that lasts: it says so once.
    private void propose(Command.Expire expire) {
        if (!isSaid(expire)) {
            said = expire;
            failed = false;
            LOG.info(
                    "the lease of epoch {} is not renewed: proposing to expire it", expire.epoch());
        }
        try {
            store.submit(expire).join();
        } catch (CompletionException e) {
            if (!failed) {
                failed = true;
                LOG.info(
                        "the expiry of epoch {} is not agreed yet: {}",
                        expire.epoch(),
                        e.getMessage());
            }
        }
    }

    private boolean isSaid(Command.Expire expire) {
        return said != null
                && said.epoch().equals(expire.epoch())
                && said.renewals() == expire.renewals();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
