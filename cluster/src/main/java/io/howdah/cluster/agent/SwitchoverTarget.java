package io.howdah.cluster.agent;

import io.howdah.cluster.election.MayNotLead;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Switchover;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// To whom a leader hands over. Who is named takes over though no election would take it. Pure.
final class SwitchoverTarget {

    private SwitchoverTarget() {}

    /// The one that was asked for; or else the first that may lead. Empty where there is none.
    ///
    /// @param streaming the standbys that stream, furthest first
    static Optional<NodeName> choose(
            Switchover request, List<NodeName> streaming, ClusterState state) {
        List<NodeName> candidates =
                streaming.stream().filter(node -> isCandidate(state, node)).toList();
        NodeName wished = request.to();
        if (wished != null) {
            return candidates.contains(wished) ? Optional.of(wished) : Optional.empty();
        }
        return candidates.stream()
                .filter(node -> MayNotLead.why(state, node).isEmpty())
                .findFirst();
    }

    private static boolean isCandidate(ClusterState state, NodeName node) {
        Member member = state.members().get(node);
        return member != null && !member.witness() && !state.leaving().contains(node);
    }

    /// Why `choose` finds nobody, for an operator.
    ///
    /// @param self who leads
    static String whyNobody(
            Switchover request, List<NodeName> streaming, ClusterState state, NodeName self) {
        NodeName wished = request.to();
        if (wished != null) {
            return streaming.contains(wished)
                    ? said(state, wished)
                    : wished + " does not stream from " + self;
        }
        return streaming.isEmpty()
                ? "no standby streams from " + self
                : "no standby that streams from "
                        + self
                        + " may lead: "
                        + streaming.stream()
                                .map(node -> said(state, node))
                                .collect(Collectors.joining(", and "))
                        + streaming.stream()
                                .filter(node -> isCandidate(state, node))
                                .findFirst()
                                .map(node ->
                                        "\nHINT: `howdah switchover --to "
                                                + node
                                                + "` hands over to it all the same")
                                .orElse("");
    }

    private static String said(ClusterState state, NodeName node) {
        return node + " " + MayNotLead.why(state, node).orElse("is not known as a member");
    }
}
