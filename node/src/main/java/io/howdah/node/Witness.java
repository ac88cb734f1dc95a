package io.howdah.node;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.Store;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node that takes part in consensus and runs no PostgreSQL: it has only itself to make known.
/// `start` and `close` are called once.
final class Witness implements AutoCloseable {

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(Witness.class);

    private final NodeName self;
    private final Member member;
    private final Store<ClusterState, Command> store;
    private final Thread thread;

    Witness(NodeName self, Member member, Store<ClusterState, Command> store) {
        this.self = self;
        this.member = member;
        this.store = store;
        this.thread = Thread.ofVirtual().name("witness").unstarted(this::report);
    }

    void start() {
        thread.start();
    }

    private void report() {
        try {
            String peerId = store.introduction().self().peerId();
            while (!member.equals(store.seen().state().members().get(self))
                    && !peerId.equals(store.seen().state().gone().get(self))) {
                try {
                    store.submit(new Command.Report(self, member, peerId)).join();
                } catch (CompletionException e) {
                    LOG.debug("not made known yet: {}", e.getMessage());
                }
                Thread.sleep(RETRY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
