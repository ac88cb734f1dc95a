package io.howdah.cluster.election;

import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import java.util.Optional;

/// Why a member is not elected though its data would do, in words for an operator, as far as the
/// agreed state tells. Pure.
public final class MayNotLead {

    /// What an operator does once a member leads that sorts otherwise than the one before.
    public static final String AFTERWARDS =
            "run REINDEX DATABASE and then ALTER DATABASE ... REFRESH COLLATION VERSION in every database there";

    private MayNotLead() {}

    /// Why no election takes `node`, as what is said of it: `is nofailover`; empty where one may.
    public static Optional<String> why(ClusterState state, NodeName node) {
        if (state.leaving().contains(node)) {
            return Optional.of("is being taken out");
        }
        Member member = state.members().get(node);
        if (member == null || !member.tags().nofailover()) {
            return Optional.empty();
        }
        return otherOrder(state, node)
                .or(() ->
                        Optional.of(
                                "is nofailover (by its tags, or for what `howdah status` says of it)"));
    }

    /// That a member sorts text otherwise than the last primary, as both have reported: `sorts by
    /// …, the last primary, n1, by …`. An index that was built by another order finds only some of
    /// its rows, and admits duplicates: so what counts is the order of the last primary, by which
    /// the indexes are written. Empty where it sorts alike, or one of the two is not known.
    public static Optional<String> otherOrder(ClusterState state, NodeName node) {
        Member member = state.members().get(node);
        return member == null ? Optional.empty() : otherOrder(state, node, member.collations());
    }

    static Optional<String> otherOrder(ClusterState state, NodeName node, String collations) {
        Announcement last = state.announcement();
        if (last == null || last.leader().equals(node)) {
            return Optional.empty();
        }
        Member leader = state.members().get(last.leader());
        if (leader == null
                || !SortOrders.parse(collations)
                        .differFrom(SortOrders.parse(leader.collations()))) {
            return Optional.empty();
        }
        return Optional.of(
                "sorts by "
                        + collations
                        + " (c: glibc, i: ICU), the last primary, "
                        + last.leader()
                        + ", by "
                        + leader.collations());
    }
}
