package io.howdah.cluster.member;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.TimelineId;
import java.util.Optional;

/// Whom a standby follows.
///
/// @param leader its name
/// @param epoch the announced epoch
/// @param host where its PostgreSQL listens
/// @param port the port
/// @param highest the highest timeline that was granted by then: it leads to none above that
public record Upstream(NodeName leader, Epoch epoch, String host, int port, TimelineId highest) {

    /// A member, as the agreed state knows it; empty when it has not reported its address yet.
    public static Optional<Upstream> of(NodeName node, Epoch epoch, ClusterState state) {
        return Optional.ofNullable(state.members().get(node))
                .map(member ->
                        new Upstream(
                                node,
                                epoch,
                                member.host(),
                                member.postgresPort(),
                                state.timeline()));
    }
}
