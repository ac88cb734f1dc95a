package io.howdah.cli;

import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.AdoptRequest;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.FailoverRequest;
import io.howdah.node.api.HistoryRow;
import io.howdah.node.api.LeadershipReport;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.MetricsPage;
import io.howdah.node.api.NodeDetails;
import io.howdah.node.api.NodeView;
import io.howdah.node.api.Operations;
import io.howdah.node.api.ReinitializeRequest;
import io.howdah.node.api.RemoveRequest;
import io.howdah.node.api.Replication;
import io.howdah.node.api.RestartRequest;
import io.howdah.node.api.SwitchoverRequest;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A primary that does nothing, for the build's training run.
///
/// @param configuration of the node that it plays
record TrainingNode(NodeConfiguration configuration) implements NodeView {

    @Override
    public MemberStatus self() {
        return MemberStatus.unheardOf(
                        configuration.node(),
                        MemberRole.PRIMARY,
                        "127.0.0.1:1",
                        "http://127.0.0.1:1")
                .withState(MemberState.RUNNING, "note")
                .withLagBytes(0L);
    }

    @Override
    public ClusterStatus cluster() {
        return new ClusterStatus(
                configuration.cluster(), 1, configuration.node(), false, List.of(self()), "hint");
    }

    @Override
    public LeadershipReport leadership() {
        return new LeadershipReport(
                configuration.cluster(),
                configuration.node(),
                true,
                false,
                1,
                false,
                new LeadershipReport.Primary(configuration.node(), "127.0.0.1", 1),
                List.of("http://127.0.0.1:1"),
                List.of(),
                null,
                null);
    }

    @Override
    public Replication replication() {
        return Replication.NONE;
    }

    @Override
    public List<HistoryRow> history() {
        return List.of(
                new HistoryRow(
                        1,
                        TimelineId.FIRST,
                        Lsn.parse("0/1"),
                        configuration.node(),
                        "bootstrap",
                        Instant.EPOCH,
                        1L));
    }

    @Override
    public MetricsPage metrics(String accept) {
        return new MetricsPage("text/plain", "");
    }

    @Override
    public NodeDetails details() {
        return new NodeDetails(null, 0, Optional.empty());
    }

    @Override
    public String introduction() {
        return "{}";
    }

    @Override
    public long loopAgeMillis() {
        return 0;
    }

    @Override
    public long leaseMillis() {
        return configuration.lease().toMillis();
    }

    @Override
    public boolean holdsLease() {
        return true;
    }

    @Override
    public ActionOutcome switchover(SwitchoverRequest request) {
        return ActionOutcome.done("done");
    }

    @Override
    public ActionOutcome failover(FailoverRequest request) {
        return ActionOutcome.done("done");
    }

    @Override
    public ActionOutcome restart(RestartRequest request) {
        return ActionOutcome.done("done");
    }

    @Override
    public ActionOutcome reinitialize(ReinitializeRequest request) {
        return ActionOutcome.done("done");
    }

    @Override
    public ActionOutcome adopt(AdoptRequest request) {
        return ActionOutcome.done("done");
    }

    @Override
    public ActionOutcome remove(RemoveRequest request) {
        return ActionOutcome.done("done");
    }

    @Override
    public ActionOutcome leave(RemoveRequest request) {
        return ActionOutcome.done("done");
    }

    @Override
    public Operations operations() {
        throw new UnsupportedOperationException("the training asks for no operation");
    }
}
