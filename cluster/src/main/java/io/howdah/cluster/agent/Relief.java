package io.howdah.cluster.agent;

import io.howdah.cluster.election.Fitness;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Switchover;
import java.time.Duration;
import java.util.Optional;

/// Moves the lead away from a node that can read but hardly write: on a full volume PostgreSQL
/// refuses one statement after the other, and never goes down by itself as long as it has a WAL
/// file left. For one thread.
final class Relief {

    /// Time for an operator, and for what was tried to show its effect.
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private long notBeforeNanos;

    Relief(long nowNanos) {
        notBeforeNanos = nowNanos;
    }

    /// A switchover to ask for: where this node leads, something stands in its way, and a voter is
    /// there that may lead and is in no such trouble.
    Optional<Command> ask(Situation now, Optional<String> obstacle, long nowNanos) {
        ClusterState state = now.state();
        Optional<Epoch> held = now.held();
        if (obstacle.isEmpty()
                || held.isEmpty()
                || nowNanos - notBeforeNanos < 0
                || !(now.local() instanceof LocalStatus.Primary)
                || state.currentLeader().isEmpty()
                || state.switchover() != null
                || state.paused() != null
                || state.sync() == null
                || !now.votersHealthy()) {
            return Optional.empty();
        }
        Optional<NodeName> target =
                state.sync().voters().keySet().stream()
                        .filter(voter -> mayLead(state, voter))
                        .findFirst();
        if (target.isEmpty()) {
            return Optional.empty();
        }
        notBeforeNanos = nowNanos + AGAIN.toNanos();
        return Optional.of(new Command.RequestSwitchover(new Switchover(held.get(), target.get())));
    }

    /// Whether it may lead, and nothing stands in its way.
    static boolean mayLead(ClusterState state, NodeName node) {
        Member member = state.members().get(node);
        return member != null
                && !member.witness()
                && !member.tags().nofailover()
                && member.tags().failoverPriority() > Fitness.LAST;
    }
}
