package io.howdah.node.api;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A node whose every answer a test sets.
final class FakeNodeView implements NodeView {

    volatile MemberStatus self;
    volatile ClusterStatus cluster;
    volatile Replication replication = Replication.STREAMING;
    volatile @Nullable ConfigDocument config;
    volatile boolean holdsLease;
    volatile LeadershipReport leadership =
            new LeadershipReport(
                    "demo",
                    "n1",
                    true,
                    false,
                    7,
                    false,
                    new LeadershipReport.Primary("n1", "127.0.0.1", 6521),
                    List.of("https://127.0.0.1:6531"),
                    null,
                    null,
                    null);
    volatile long loopAgeMillis;
    volatile ActionOutcome outcome = ActionOutcome.done("n2 is the primary");
    volatile NodeDetails details = new NodeDetails(null, 1_700_000_000_999L, Optional.empty());
    volatile @Nullable CountDownLatch changeWaitsFor;
    volatile @Nullable RuntimeException failure;
    final List<Object> requests = new CopyOnWriteArrayList<>();

    FakeNodeView(MemberStatus self) {
        this.self = self;
        this.cluster = new ClusterStatus("demo", 7, "n1", false, List.of(self), null);
    }

    static MemberStatus member(String name, MemberRole role, MemberState state, String api) {
        return new MemberStatus(
                name,
                role,
                state,
                false,
                role == MemberRole.WITNESS ? null : new TimelineId(3),
                role == MemberRole.WITNESS ? null : Lsn.parse("0/5000A10"),
                role == MemberRole.REPLICA ? Lsn.parse("0/5000A00") : null,
                role == MemberRole.WITNESS ? null : 0L,
                role == MemberRole.WITNESS ? null : "127.0.0.1:6521",
                null,
                api,
                11L,
                role == MemberRole.WITNESS ? null : 12L,
                "0.1.0",
                role == MemberRole.WITNESS ? null : "18.6",
                null,
                new MemberTags(false, 1, "a"),
                null);
    }

    static MemberStatus sync(MemberStatus m, boolean sync, @Nullable Long lagBytes) {
        return changed(m, sync, lagBytes, m.tags());
    }

    static MemberStatus tagged(MemberStatus m, MemberTags tags) {
        return changed(m, m.sync(), m.lagBytes(), tags);
    }

    private static MemberStatus changed(
            MemberStatus m, boolean sync, @Nullable Long lagBytes, @Nullable MemberTags tags) {
        return new MemberStatus(
                m.name(),
                m.role(),
                m.state(),
                sync,
                m.timeline(),
                m.lsn(),
                m.replayedLsn(),
                lagBytes,
                m.postgres(),
                m.proxy(),
                m.api(),
                m.agentPid(),
                m.postgresPid(),
                m.version(),
                m.postgresVersion(),
                m.postgresBuild(),
                tags,
                m.note());
    }

    void clusterOf(MemberStatus... members) {
        cluster =
                new ClusterStatus("demo", 7, "n1", false, new ArrayList<>(List.of(members)), null);
    }

    @Override
    public MemberStatus self() {
        RuntimeException wanted = failure;
        if (wanted != null) {
            throw wanted;
        }
        return self;
    }

    @Override
    public ClusterStatus cluster() {
        return cluster;
    }

    @Override
    public LeadershipReport leadership() {
        return leadership;
    }

    @Override
    public Replication replication() {
        return self.role() == MemberRole.REPLICA ? replication : Replication.NONE;
    }

    @Override
    public List<HistoryRow> history() {
        return List.of(
                new HistoryRow(
                        1,
                        TimelineId.FIRST,
                        null,
                        "n1",
                        "bootstrap",
                        Instant.parse("2026-03-01T10:00:00Z"),
                        null));
    }

    @Override
    public MetricsPage metrics(String accept) {
        return new MetricsPage("text/plain; version=0.0.4; charset=utf-8", "up 1\n");
    }

    @Override
    public NodeDetails details() {
        return details;
    }

    @Override
    public String introduction() {
        return "{\"peer\":\"n1-4711\"}";
    }

    @Override
    public long loopAgeMillis() {
        return loopAgeMillis;
    }

    @Override
    public long leaseMillis() {
        return 2_000;
    }

    @Override
    public boolean holdsLease() {
        return holdsLease;
    }

    @Override
    public ActionOutcome switchover(SwitchoverRequest request) {
        return change(request);
    }

    @Override
    public ActionOutcome failover(FailoverRequest request) {
        return change(request);
    }

    @Override
    public ActionOutcome restart(RestartRequest request) {
        return change(request);
    }

    @Override
    public ActionOutcome reinitialize(ReinitializeRequest request) {
        return change(request);
    }

    @Override
    public ActionOutcome adopt(AdoptRequest request) {
        return change(request);
    }

    @Override
    public ActionOutcome remove(RemoveRequest request) {
        return change(request);
    }

    @Override
    public ActionOutcome leave(RemoveRequest request) {
        return change(request);
    }

    @Override
    public Operations operations() {
        return new Operations() {
            @Override
            public ActionOutcome pause(PauseRequest request) {
                return change(request);
            }

            @Override
            public ActionOutcome resume(PauseRequest request) {
                return change(request);
            }

            @Override
            public ActionOutcome planSwitchover(SwitchoverRequest request) {
                return change(request);
            }

            @Override
            public Optional<ConfigDocument> config() {
                return Optional.ofNullable(config);
            }

            @Override
            public ActionOutcome changeConfig(ConfigChange request) {
                return change(request);
            }

            @Override
            public ActionOutcome cancelSwitchover(@Nullable String by) {
                return change("cancel");
            }
        };
    }

    private ActionOutcome change(Object request) {
        requests.add(request);
        CountDownLatch latch = changeWaitsFor;
        if (latch != null) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return outcome;
    }
}
