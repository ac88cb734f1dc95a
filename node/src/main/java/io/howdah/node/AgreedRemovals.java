package io.howdah.node;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.Store;
import io.howdah.node.authority.Removals;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Removals as the agreed state has them. Before there is one nobody was taken out, so a cluster
/// can begin. A node that is cut off from the others believes what it knew last. Thread-safe.
final class AgreedRemovals implements Removals {

    private final Supplier<SortedMap<NodeName, Long>> agreed;

    AgreedRemovals(Supplier<SortedMap<NodeName, Long>> agreed) {
        this.agreed = agreed;
    }

    /// @param store null until it is open
    static AgreedRemovals of(Supplier<@Nullable Store<ClusterState, Command>> store) {
        return new AgreedRemovals(() -> {
            Store<ClusterState, Command> open = store.get();
            return open == null ? ClusterState.INITIAL.removals() : open.seen().state().removals();
        });
    }

    @Override
    public Optional<Instant> last(String node) {
        SortedMap<NodeName, Long> removals = agreed.get();
        if (removals.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(removals.get(new NodeName(node))).map(Instant::ofEpochMilli);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
