package io.howdah.cluster.election;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import java.util.Optional;

/// Whether a node that may vote had better not lead, whatever the operator's tags say. It reports
/// that among its tags, so that an election needs no rule of its own for it; it may be a
/// synchronous standby and its vote counts all the same, as its WAL is as good as any.
public sealed interface Fitness {

    /// The tags that it reports.
    Member.Tags of(Member.Tags operators);

    /// It may lead.
    record Fit() implements Fitness {
        @Override
        public Member.Tags of(Member.Tags operators) {
            return operators;
        }
    }

    /// It leads only where nobody else reaches as far: a full volume on all members alike must not
    /// keep them from having a primary.
    ///
    /// @param why a fact and a HINT
    record Hampered(String why) implements Fitness {
        @Override
        public Member.Tags of(Member.Tags operators) {
            return operators.withPriority(LAST);
        }
    }

    /// It is not elected.
    ///
    /// @param why a fact and a HINT
    record Unfit(String why) implements Fitness {
        @Override
        public Member.Tags of(Member.Tags operators) {
            return operators.withoutFailover();
        }
    }

    /// Below every priority that an operator gives.
    int LAST = -Integer.MAX_VALUE;

    /// Why it had better not lead; empty when it may.
    default String complaint() {
        return switch (this) {
            case Fit fit -> "";
            case Hampered(String why) -> why;
            case Unfit(String why) -> why;
        };
    }

    /// Judges a node.
    ///
    /// @param collations by which versions of glibc and ICU it sorts; empty when none is known
    /// @param obstacle what stands in the way of its PostgreSQL, as a full volume does
    static Fitness judge(
            ClusterState state, NodeName self, String collations, Optional<String> obstacle) {
        Optional<String> order = MayNotLead.otherOrder(state, self, collations);
        if (order.isPresent()) {
            return new Unfit(
                    "it is not elected: it " + order.get() + "\nHINT: " + wayOut(state, self));
        }
        return obstacle.<Fitness>map(Hampered::new).orElseGet(Fit::new);
    }

    /// To move to its order, or to go on where nobody of the other order is left.
    private static String wayOut(ClusterState state, NodeName self) {
        if (Election.complete(state).contains(self)) {
            return "it leads where an operator says so: `howdah failover --to "
                    + self
                    + "` gives up nothing that was acknowledged; then "
                    + MayNotLead.AFTERWARDS;
        }
        return state.currentLeader().isPresent()
                ? "install the same versions here; or, to move to this node's, `howdah switchover --to "
                        + self
                        + "` and then "
                        + MayNotLead.AFTERWARDS
                : "install the same versions here";
    }
}
