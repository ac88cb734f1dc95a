package io.howdah.cluster.simulation;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Lease;
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
import org.jspecify.annotations.Nullable;

/// Without the rule that a grant is an offer: a node that sees one takes it as its own at once, and
/// does not wait until its claim is confirmed.
final class HastyStore implements Store<ClusterState, Command> {

    private final SimulatedStore real;
    private @Nullable ClusterState believed;

    HastyStore(SimulatedStore real) {
        this.real = real;
    }

    @Override
    public CompletableFuture<Outcome<ClusterState>> submit(Command command) {
        CompletableFuture<Outcome<ClusterState>> confirmed = real.submit(command);
        if (command instanceof Command.Claim) {
            ClusterState.Change change = real.seen().state().apply(command);
            if (change.refusal() == null) {
                believed = change.state();
                return CompletableFuture.completedFuture(
                        new Outcome<>(new Versioned<>(real.seen().index(), change.state()), null));
            }
        }
        return confirmed;
    }

    @Override
    public Versioned<ClusterState> seen() {
        Versioned<ClusterState> seen = real.seen();
        ClusterState mine = believed;
        return mine != null
                        && seen.state().lease() instanceof Lease.Offered offered
                        && mine.lease() instanceof Lease.Held held
                        && held.epoch().equals(offered.epoch())
                ? new Versioned<>(seen.index(), mine)
                : seen;
    }

    @Override
    public CompletableFuture<Versioned<ClusterState>> read() {
        return real.read();
    }

    @Override
    public Subscription watch(Consumer<Versioned<ClusterState>> listener) {
        return real.watch(listener);
    }

    @Override
    public List<Peer> peers() {
        return real.peers();
    }

    @Override
    public Optional<Peer> leader() {
        return real.leader();
    }

    @Override
    public CompletableFuture<Void> addPeer(Peer peer) {
        return real.addPeer(peer);
    }

    @Override
    public CompletableFuture<Void> removePeer(String nodeName) {
        return real.removePeer(nodeName);
    }

    @Override
    public Introduction introduction() {
        return real.introduction();
    }

    @Override
    public CompletableFuture<Void> formed() {
        return real.formed();
    }

    @Override
    public LogProgress progress() {
        return real.progress();
    }

    @Override
    public String status() {
        return real.status();
    }

    @Override
    public void close() {
        real.close();
    }
}
