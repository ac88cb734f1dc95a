package io.howdah.cluster.agent;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Sync;
import io.howdah.cluster.state.Vote;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Has a node that could hardly lead vote last. A last leader's vote counts for all, and so may a
/// voter's: cast first, it elects a node on a full volume with nobody beside it, and then nobody
/// else can be elected until there is space.
///
/// Not to vote promises nothing and takes nothing from anybody, so this can cost time only, and
/// that has a bound: where the others turn out to be gone, the vote comes that much later. For one
/// thread.
final class VoteRestraint {

    /// Some times what it takes to see a vacant lease, cut oneself off and vote, on a busy machine.
    static final Duration AT_MOST = Duration.ofSeconds(3);

    private final NodeName self;
    private boolean vacant;
    private long sinceNanos;

    VoteRestraint(NodeName self) {
        this.self = self;
    }

    /// Whether to wait with a vote. To be asked at every look.
    ///
    /// @param obstacle what keeps PostgreSQL from writing here
    boolean holdsBack(ClusterState state, Optional<String> obstacle, long nowNanos) {
        if (!(state.lease() instanceof Lease.Vacant)) {
            vacant = false;
            return false;
        }
        if (!vacant) {
            vacant = true;
            sinceNanos = nowNanos;
        }
        return obstacle.isPresent()
                && nowNanos - sinceNanos < AT_MOST.toNanos()
                && isAwaited(state);
    }

    /// Whether the vote of one that is in better shape is still to come.
    private boolean isAwaited(ClusterState state) {
        Sync sync = state.sync();
        return sync != null
                && sync.voters().entrySet().stream()
                        .filter(voter -> !voter.getKey().equals(self))
                        .filter(voter -> Relief.mayLead(state, voter.getKey()))
                        .anyMatch(voter -> !hasVoted(state, voter));
    }

    private static boolean hasVoted(ClusterState state, Map.Entry<NodeName, Incarnation> voter) {
        Vote vote = state.votes().get(voter.getKey());
        return vote != null && vote.incarnation().equals(voter.getValue());
    }
}
