package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Store;
import io.howdah.consensus.Versioned;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Commands of one agent, each waited for: until it is agreed, and then until this node has seen it
/// too. Without the second wait the next look would find the old state and ask for the same again.
/// For one thread.
final class Proposals {

    private static final Duration SEEN_WITHIN = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofNanos(500_000);
    private static final Logger LOG = LoggerFactory.getLogger(Proposals.class);

    private final Store<ClusterState, Command> store;
    private final BootClock clock;
    private long lastIndex;

    Proposals(Store<ClusterState, Command> store, BootClock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Whether the command was accepted.
    ///
    /// @throws java.util.concurrent.CompletionException when no majority answers in time
    boolean agree(Command command) {
        Outcome<ClusterState> outcome = store.submit(command).join();
        if (!outcome.accepted()) {
            LOG.info("refused: {} ({})", outcome.refusal(), command);
        }
        lastIndex = Math.max(lastIndex, outcome.result().index());
        awaitSeen(lastIndex);
        return outcome.accepted();
    }

    /// The agreed state as seen here, if that holds all that this node has changed: a decision on
    /// less could undo it.
    Optional<ClusterState> seen() {
        Versioned<ClusterState> seen = store.seen();
        return seen.index() >= lastIndex ? Optional.of(seen.state()) : Optional.empty();
    }

    /// Waits until this node has applied the log up to `index`, but not for long: nothing depends
    /// on it but double work.
    void awaitSeen(long index) {
        long end = clock.nanos() + SEEN_WITHIN.toNanos();
        while (store.seen().index() < index && clock.nanos() < end) {
            clock.pause(POLL);
        }
    }
}
