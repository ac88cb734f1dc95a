package io.howdah.node;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.consensus.Introduction;
import io.howdah.consensus.LogProgress;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.Subscription;
import io.howdah.consensus.Versioned;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/// The agreed state of one node alone, without a disk. Agents are not there: a test says what they
/// do upon a command.
final class MemoryStore implements Store<ClusterState, Command> {

    private final Function<Command, List<Command>> answers;
    private Versioned<ClusterState> seen;

    /// @param answers what the agents submit upon an accepted command
    MemoryStore(ClusterState state, Function<Command, List<Command>> answers) {
        this.seen = new Versioned<>(1, state);
        this.answers = answers;
    }

    @Override
    public synchronized CompletableFuture<Outcome<ClusterState>> submit(Command command) {
        ClusterState.Change change = seen.state().apply(command);
        seen = new Versioned<>(seen.index() + 1, change.state());
        var outcome = new Outcome<>(seen, change.refusal());
        if (outcome.accepted()) {
            for (Command answer : answers.apply(command)) {
                String refusal = submit(answer).join().refusal();
                if (refusal != null) {
                    throw new AssertionError(answer + " was refused: " + refusal);
                }
            }
        }
        return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public CompletableFuture<Versioned<ClusterState>> read() {
        return CompletableFuture.completedFuture(seen());
    }

    @Override
    public synchronized Versioned<ClusterState> seen() {
        return seen;
    }

    @Override
    public LogProgress progress() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Subscription watch(Consumer<Versioned<ClusterState>> listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Peer> peers() {
        return List.of();
    }

    @Override
    public Optional<Peer> leader() {
        return Optional.empty();
    }

    @Override
    public CompletableFuture<Void> addPeer(Peer peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> removePeer(String nodeName) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Introduction introduction() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> formed() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public String status() {
        return "in memory";
    }

    @Override
    public void close() {}
}
