package io.howdah.cluster.simulation;

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

/// A node's view of the simulated log, in which a mutation changes something.
abstract class StoreDecorator implements Store<ClusterState, Command> {

    final SimulatedStore real;

    StoreDecorator(SimulatedStore real) {
        this.real = real;
    }

    @Override
    public CompletableFuture<Outcome<ClusterState>> submit(Command command) {
        return real.submit(command);
    }

    @Override
    public Versioned<ClusterState> seen() {
        return real.seen();
    }

    @Override
    public final CompletableFuture<Versioned<ClusterState>> read() {
        return real.read();
    }

    @Override
    public final Subscription watch(Consumer<Versioned<ClusterState>> listener) {
        return real.watch(listener);
    }

    @Override
    public final List<Peer> peers() {
        return real.peers();
    }

    @Override
    public final Optional<Peer> leader() {
        return real.leader();
    }

    @Override
    public final CompletableFuture<Void> addPeer(Peer peer) {
        return real.addPeer(peer);
    }

    @Override
    public final CompletableFuture<Void> removePeer(String nodeName) {
        return real.removePeer(nodeName);
    }

    @Override
    public final Introduction introduction() {
        return real.introduction();
    }

    @Override
    public final CompletableFuture<Void> formed() {
        return real.formed();
    }

    @Override
    public final LogProgress progress() {
        return real.progress();
    }

    @Override
    public final String status() {
        return real.status();
    }

    @Override
    public final void close() {
        real.close();
    }
}
