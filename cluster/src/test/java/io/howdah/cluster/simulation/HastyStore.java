package io.howdah.cluster.simulation;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Lease;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Versioned;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Without the rule that a grant is an offer: a node that sees one takes it as its own at once, and
/// does not wait until its claim is confirmed.
final class HastyStore extends StoreDecorator {

    private @Nullable ClusterState believed;

    HastyStore(SimulatedStore real) {
        super(real);
    }

    @Override
    public CompletableFuture<Outcome<ClusterState>> submit(Command command) {
        CompletableFuture<Outcome<ClusterState>> confirmed = super.submit(command);
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
        Versioned<ClusterState> seen = super.seen();
        ClusterState mine = believed;
        return mine != null
                        && seen.state().lease() instanceof Lease.Offered offered
                        && mine.lease() instanceof Lease.Held held
                        && held.epoch().equals(offered.epoch())
                ? new Versioned<>(seen.index(), mine)
                : seen;
    }
}
