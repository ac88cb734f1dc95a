package io.howdah.node;

import io.howdah.cluster.member.ServerVitals;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.consensus.Store;
import io.howdah.node.api.NodeDetails;
import io.howdah.postgres.SystemId;
import java.util.Optional;

/// How the API shows what monitoring asks besides.
final class MonitoringView {

    private MonitoringView() {}

    /// @param nowMillis the wall clock
    static NodeDetails of(
            Store<ClusterState, Command> store, Optional<ServerVitals> vitals, long nowMillis) {
        SystemId systemId = store.seen().state().systemId();
        return new NodeDetails(
                systemId == null ? null : systemId.toString(),
                store.leader().isPresent() ? nowMillis : store.progress().appliedAtMillis(),
                vitals.map(MonitoringView::server));
    }

    private static NodeDetails.Server server(ServerVitals vitals) {
        return new NodeDetails.Server(
                vitals.startedAtMillis(),
                vitals.replayedAtMillis(),
                vitals.replayPaused(),
                vitals.senders().stream()
                        .map(sender ->
                                new NodeDetails.Sender(
                                        sender.role(),
                                        sender.name(),
                                        sender.state(),
                                        sender.syncState(),
                                        sender.syncPriority()))
                        .toList());
    }
}
