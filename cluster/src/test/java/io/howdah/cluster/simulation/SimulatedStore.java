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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// One node's view of the simulated log. Lives as long as its agent's process.
final class SimulatedStore implements Store<ClusterState, Command> {

    private final SimulatedLog log;
    private final Host host;
    private final AgentProcess process;
    private final List<Consumer<Versioned<ClusterState>>> watchers = new ArrayList<>();
    private Versioned<ClusterState> seen;

    SimulatedStore(
            SimulatedLog log, Host host, AgentProcess process, Versioned<ClusterState> seen) {
        this.log = log;
        this.host = host;
        this.process = process;
        this.seen = seen;
    }

    Host host() {
        return host;
    }

    AgentProcess process() {
        return process;
    }

    void applied(Versioned<ClusterState> entry) {
        if (entry.index() > seen.index()) {
            seen = entry;
            watchers.forEach(watcher -> watcher.accept(entry));
        }
    }

    @Override
    public CompletableFuture<Outcome<ClusterState>> submit(Command command) {
        process.checkAlive();
        return log.submit(this, command);
    }

    @Override
    public CompletableFuture<Versioned<ClusterState>> read() {
        process.checkAlive();
        return log.read(this);
    }

    @Override
    public Versioned<ClusterState> seen() {
        return seen;
    }

    @Override
    public Subscription watch(Consumer<Versioned<ClusterState>> listener) {
        watchers.add(listener);
        listener.accept(seen);
        return () -> watchers.remove(listener);
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
        return CompletableFuture.failedFuture(new UnsupportedOperationException("addPeer"));
    }

    @Override
    public CompletableFuture<Void> removePeer(String nodeName) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("removePeer"));
    }

    @Override
    public Introduction introduction() {
        Peer self = Peer.of(host.peerId(), "10.0.0." + host.number(), 7000);
        return new Introduction("simulated", self, true, List.of(self));
    }

    @Override
    public CompletableFuture<Void> formed() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public LogProgress progress() {
        throw new UnsupportedOperationException("progress");
    }

    @Override
    public String status() {
        return "simulated";
    }

    @Override
    public void close() {
        watchers.clear();
    }
}
