package io.howdah.node;

import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.node.api.LeadershipReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who leads by the agreed state. Pure.
final class LeadershipView {

    private LeadershipView() {}

    /// Whoever leads is told of once he is made known: before that his PostgreSQL may not be
    /// promoted yet.
    ///
    /// @param cluster its name
    /// @param node who says so
    /// @param agreed whether that node sees a majority
    /// @param api base URLs of all nodes' APIs
    /// @param proxy where its proxy takes clients; null while none does
    static LeadershipReport of(
            String cluster,
            String node,
            ClusterState state,
            boolean agreed,
            List<String> api,
            @Nullable String proxy) {
        ClusterSettings settings = state.settings();
        return new LeadershipReport(
                cluster,
                node,
                agreed,
                state.paused() != null,
                state.epoch().value(),
                state.epoch().value() > 0 && state.lease() instanceof Lease.Vacant,
                primary(state),
                api,
                settings == null ? null : settings.access(),
                proxy,
                null);
    }

    private static LeadershipReport.@Nullable Primary primary(ClusterState state) {
        return state.currentLeader()
                .map(announced -> {
                    Member leader = state.members().get(announced.leader());
                    return leader == null
                            ? null
                            : new LeadershipReport.Primary(
                                    announced.leader().value(),
                                    leader.host(),
                                    leader.postgresPort());
                })
                .orElse(null);
    }
}
