package io.howdah.node.metrics;

import io.howdah.cluster.lease.RenewalTimes;
import io.howdah.cluster.member.ServerVitals;
import io.howdah.cluster.state.ClusterDocument;
import io.howdah.cluster.state.ClusterState;
import io.howdah.consensus.LogProgress;
import io.howdah.node.api.BackupStatus;
import io.howdah.node.api.DrillStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.MemberTags;
import io.howdah.node.api.Replication;
import io.howdah.node.backup.ArchiveReport;
import io.howdah.node.backup.BackupsReport;
import io.howdah.node.backup.RepositoryBackups;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Scrapes of a primary, a replica, and a node whose PostgreSQL does not answer.
final class Scrapes {

    private Scrapes() {}

    /// A change of the primary, as the agreed state writes it.
    static String change(long epoch, String reason, long outageMillis) {
        return """
        {"epoch":%d,"timeline":"%d","switchLsn":"0/5000000","leader":"n1","reason":"%s",
         "atMillis":0,"outageMillis":%d,"forced":[]}
        """
                .formatted(epoch, epoch, reason, outageMillis);
    }

    /// Led by n1 since the last of these changes. Made from what is written, so that what is added
    /// to the agreed state does not matter here.
    static ClusterState state(String... history) {
        var document = new ClusterDocument();
        JsonMapper json = JsonMapper.shared();
        ObjectNode state = (ObjectNode) json.readTree(document.encodeState(ClusterState.INITIAL));
        ArrayNode changes = state.putArray("history");
        for (String change : history) {
            changes.add(json.readTree(change));
        }
        if (history.length > 0) {
            state.set("epoch", json.readTree(history[history.length - 1]).get("epoch"));
        }
        ObjectNode lease = state.putObject("lease");
        lease.put("lease", "held").put("node", "n1").put("timeline", "1");
        lease.set("epoch", state.get("epoch"));
        lease.put("renewals", 5).put("renewedMillis", 0).put("reason", "");
        lease.put("sinceMillis", 0).put("graceMillis", 0);
        return document.decodeState(json.writeValueAsBytes(state));
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
                true,
                false,
                0.5,
                new LogProgress(40, 42, 1_700_000_000_000L),
                "n2",
                3,
                role == MemberRole.PRIMARY
                        ? new ArchiveReport(
                                TimelineId.FIRST,
                                new Lsn(0x3000000),
                                96,
                                250,
                                500L,
                                1,
                                1_700_000_001_000L)
                        : null,
                false,
                new DrillStatus(
                        "20261129-010000-000abc",
                        Instant.ofEpochMilli(1_699_999_000_000L),
                        true,
                        12_500L,
                        400L),
                new BackupsReport(
                        List.of(
                                new RepositoryBackups(
                                        "/backups/one",
                                        Instant.ofEpochMilli(1_699_999_990_234L),
                                        "20261130-000000-000abc",
                                        false,
                                        new RepositoryBackups.Verified(
                                                Instant.ofEpochMilli(1_699_999_000_000L), 2, 1),
                                        false),
                                new RepositoryBackups("s3://two/", null, null, true, null, false),
                                new RepositoryBackups("s3://away/", null, null, null, null, true)),
                        List.of(
                                new BackupStatus(
                                        "20261130-010000-000abc",
                                        "n2",
                                        Instant.ofEpochMilli(1_699_999_999_000L),
                                        4096,
                                        8192,
                                        512)),
                        null),
                86_400.0,
                new ProcessUsage(1.5, 100 << 20, 30 << 20, 192 << 20, 60, 40, 1.7e9),
                1_700_000_001_234L);
    }

    static Scrape primary(String... history) {
        return of(
                MemberRole.PRIMARY,
                MemberState.RUNNING,
                Replication.NONE,
                new ServerVitals(
                        1_600_000_000_500L, OptionalLong.empty(), false, 4, 17, true, List.of()),
                state(history));
    }

    static Scrape replica() {
        return of(
                MemberRole.REPLICA,
                MemberState.RUNNING,
                Replication.STREAMING,
                new ServerVitals(
                        1_600_000_000_500L,
                        OptionalLong.of(1_650_000_000_250L),
                        true,
                        0,
                        2,
                        false,
                        List.of()),
                state());
    }

    static Scrape silent() {
        return of(MemberRole.REPLICA, MemberState.STARTING, Replication.NONE, null, state());
    }
}
