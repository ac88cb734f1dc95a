package io.howdah.cluster.election;

import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import java.util.Optional;

/// Whether a node that may vote had better not lead, whatever its tags say. It then reports itself
/// as nofailover: it may be a synchronous standby and its vote counts, as its WAL is as good as
/// any.
public final class Fitness {

    private Fitness() {}

    /// Why this node should not be elected.
    ///
    /// @param collations by which versions of glibc and ICU it sorts; empty when none is known
    /// @param obstacle what stands in the way of its PostgreSQL, as a full volume does
    /// @return a fact and a HINT; empty when it may lead
    public static Optional<String> complaint(
            ClusterState state, NodeName self, String collations, Optional<String> obstacle) {
        return obstacle.or(() -> otherOrder(state, self, collations));
    }

    /// An index that was built by another order finds only some of its rows, and admits duplicates:
    /// so what counts is the order of the last leader, by which the indexes are written.
    private static Optional<String> otherOrder(
            ClusterState state, NodeName self, String collations) {
        Announcement last = state.announcement();
        if (last == null || last.leader().equals(self) || collations.isEmpty()) {
            return Optional.empty();
        }
        Member leader = state.members().get(last.leader());
        if (leader == null
                || leader.collations().isEmpty()
                || leader.collations().equals(collations)) {
            return Optional.empty();
        }
        return Optional.of(
                "it is not elected: it sorts by "
                        + collations
                        + " (c: glibc, i: ICU), the primary, "
                        + last.leader()
                        + ", by "
                        + leader.collations()
                        + "\nHINT: install the same versions here; or, to move to this node's, switch over to "
                        + self
                        + ", then run REINDEX DATABASE and ALTER DATABASE ... REFRESH COLLATION VERSION in every database there");
    }
}
