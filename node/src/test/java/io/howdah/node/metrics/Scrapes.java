package io.howdah.node.metrics;

import io.howdah.cluster.lease.RenewalTimes;
import io.howdah.cluster.member.ServerVitals;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.HistoryEntry;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.LogProgress;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.MemberTags;
import io.howdah.node.api.Replication;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Scrapes of a primary, a replica, and a node whose PostgreSQL does not answer.
final class Scrapes {

    private Scrapes() {}

    static HistoryEntry change(long epoch, String reason, long outageMillis) {
        return new HistoryEntry(
                new Epoch(epoch),
                new TimelineId(epoch),
                Lsn.parse("0/5000000"),
                new NodeName("n1"),
                reason,
                0,
                outageMillis);
    }

    static ClusterState state(HistoryEntry... history) {
        ClusterState none = ClusterState.INITIAL;
        Epoch epoch = history.length == 0 ? Epoch.NONE : history[history.length - 1].epoch();
        return new ClusterState(
                none.systemId(),
                none.protocol(),
                epoch,
                none.timeline(),
                new Lease.Held(new NodeName("n1"), epoch, TimelineId.FIRST, 5, 0, "", 0),
                none.sync(),
                none.announcement(),
                none.votes(),
                none.members(),
                none.switchover(),
                List.of(history));
    }

    static Scrape of(
            MemberRole role,
            MemberState state,
            Replication replication,
            @Nullable ServerVitals vitals,
            ClusterState agreed) {
        boolean replica = role == MemberRole.REPLICA;
        MemberStatus self =
                new MemberStatus(
                        "n1",
                        role,
                        state,
                        replica,
                        new TimelineId(3),
                        Lsn.parse("0/5000A10"),
                        replica ? Lsn.parse("0/5000A00") : null,
                        0L,
                        "127.0.0.1:6521",
                        null,
                        "http://127.0.0.1:6531",
                        11L,
                        12L,
                        "0.1.0",
                        "18.6",
                        null,
                        new MemberTags(false, 1, "a"),
                        null);
        return new Scrape(
                "demo",
                self,
                replication,
                Optional.ofNullable(vitals),
                agreed,
                false,
                2,
                role == MemberRole.PRIMARY ? 1.25 : 0,
                new RenewalTimes.Figures(
                        List.of(0L, 3L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L), 3_012_000_000L, 2),
                0.5,
                new LogProgress(40, 42, 1_700_000_000_000L),
                "n2",
                3,
                new ProcessUsage(1.5, 100 << 20, 30 << 20, 192 << 20, 60, 40, 1.7e9),
                1_700_000_001_234L);
    }

    static Scrape primary(HistoryEntry... history) {
        return of(
                MemberRole.PRIMARY,
                MemberState.RUNNING,
                Replication.NONE,
                new ServerVitals(1_600_000_000_500L, OptionalLong.empty(), false, 4, 17, true),
                state(history));
    }

    static Scrape replica() {
        return of(
                MemberRole.REPLICA,
                MemberState.RUNNING,
                Replication.STREAMING,
                new ServerVitals(
                        1_600_000_000_500L, OptionalLong.of(1_650_000_000_250L), true, 0, 2, false),
                state());
    }

    static Scrape silent() {
        return of(MemberRole.REPLICA, MemberState.STARTING, Replication.NONE, null, state());
    }
}
