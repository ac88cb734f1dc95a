package io.howdah.node.metrics;

import io.howdah.cluster.member.ServerVitals;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.MemberTags;
import io.howdah.node.api.Replication;
import io.howdah.postgres.Lsn;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Patroni's metrics under its names, with its labels and its meanings (its `api.py`, 4.1). What
/// Howdah has none of (a failsafe mode, a standby cluster, recovery from an archive) is 0. Pure.
final class PatroniMetrics {

    private static final Pattern VERSION =
            Pattern.compile("(\\d{1,2})\\.(\\d{1,2})(?:\\.(\\d{1,2}))?.*");

    private PatroniMetrics() {}

    static List<MetricSnapshot> of(Scrape scrape) {
        MemberStatus self = scrape.self();
        Family all = new Family(Labels.of("scope", scrape.cluster(), "name", self.name()));
        boolean primary = self.role() == MemberRole.PRIMARY;
        boolean replica = self.role() == MemberRole.REPLICA;
        boolean runs = scrape.vitals().isPresent();
        boolean counted = replica && self.sync();
        return List.of(
                all.gauge(
                        "patroni_version",
                        "Semantic version of Howdah without periods.",
                        semanticVersion(self.version())),
                all.gauge(
                        "patroni_postgres_running",
                        "Value is 1 if Postgres is running, 0 otherwise.",
                        runs),
                all.gauge(
                        "patroni_postmaster_start_time",
                        "Epoch seconds since Postgres started.",
                        scrape.vitals().map(ServerVitals::startedAtMillis).orElse(0L) / 1e3),
                all.gauge(
                        "patroni_primary",
                        "Value is 1 if this node is the leader, 0 otherwise.",
                        primary),
                all.position(
                        "patroni_xlog_location",
                        "Current location of the Postgres transaction log, 0 if this node is not"
                                + " the leader.",
                        bytes(primary ? self.lsn() : null)),
                all.gauge(
                        "patroni_standby_leader",
                        "Value is 1 if this node is the standby_leader, 0 otherwise.",
                        0),
                all.gauge(
                        "patroni_replica",
                        "Value is 1 if this node is a replica, 0 otherwise.",
                        replica),
                all.gauge(
                        "patroni_sync_standby",
                        "Value is 1 if this node is a sync standby, 0 otherwise.",
                        counted),
                all.gauge(
                        "patroni_quorum_standby",
                        "Value is 1 if this node is a quorum standby, 0 otherwise.",
                        counted),
                all.position(
                        "patroni_xlog_received_location",
                        "Current location of the received Postgres transaction log, 0 if this node"
                                + " is not a replica.",
                        bytes(replica ? self.lsn() : null)),
                all.position(
                        "patroni_xlog_replayed_location",
                        "Current location of the replayed Postgres transaction log, 0 if this node"
                                + " is not a replica.",
                        bytes(replica ? self.replayedLsn() : null)),
                all.gauge(
                        "patroni_xlog_replayed_timestamp",
                        "Current timestamp of the replayed Postgres transaction log, 0 if null.",
                        scrape.vitals()
                                        .map(ServerVitals::replayedAtMillis)
                                        .orElse(OptionalLong.empty())
                                        .orElse(0)
                                / 1e3),
                all.gauge(
                        "patroni_xlog_paused",
                        "Value is 1 if the Postgres xlog is paused, 0 otherwise.",
                        scrape.vitals().map(ServerVitals::replayPaused).orElse(false)),
                all.gauge(
                        "patroni_postgres_streaming",
                        "Value is 1 if Postgres is streaming, 0 otherwise.",
                        scrape.replication() == Replication.STREAMING),
                all.gauge(
                        "patroni_postgres_in_archive_recovery",
                        "Value is 1 if Postgres is replicating from archive, 0 otherwise.",
                        0),
                all.gauge(
                        "patroni_postgres_server_version",
                        "Version of Postgres (if running), 0 otherwise.",
                        runs ? serverVersion(self.postgresVersion()) : 0),
                all.gauge(
                        "patroni_cluster_unlocked",
                        "Value is 1 if the cluster is unlocked, 0 if locked.",
                        scrape.state().held().isEmpty()),
                all.gauge(
                        "patroni_failsafe_mode_is_active",
                        "Value is 1 if failsafe mode is active, 0 if inactive.",
                        0),
                all.gauge(
                        "patroni_failsafe_mode_enabled",
                        "Value is 1 if failsafe_mode is enabled, 0 otherwise.",
                        0),
                all.gauge(
                        "patroni_failsafe_member",
                        "Value is 1 if this node is a member of failsafe, 0 otherwise.",
                        0),
                all.gauge(
                        "patroni_postgres_timeline",
                        "Postgres timeline of this node (if running), 0 otherwise.",
                        runs && self.timeline() != null ? self.timeline().value() : 0),
                all.gauge(
                        "patroni_dcs_last_seen",
                        "Epoch timestamp when the consensus was last heard of.",
                        Math.floor(
                                (scrape.consensusLeader() != null
                                                ? scrape.takenAtMillis()
                                                : scrape.progress().appliedAtMillis())
                                        / 1e3)),
                all.gauge(
                        "patroni_pending_restart",
                        "Value is 1 if the node needs a restart, 0 otherwise.",
                        scrape.vitals().map(ServerVitals::pendingRestart).orElse(false)),
                all.gauge(
                        "patroni_is_paused",
                        "Value is 1 if auto failover is disabled, 0 otherwise.",
                        scrape.paused()),
                all.gauge(
                        "patroni_postgres_state",
                        "Numeric representation of Postgres state: 0 initdb, 4 creating a replica,"
                                + " 5 running, 6 starting, 11 stopping, 12 stopped, 14 crashed.",
                        state(self, scrape.replication())),
                all.gauge(
                        "patroni_failover_priority",
                        "Failover priority of this node.",
                        priority(self.tags())));
    }

    /// The numbers that Patroni gave to its states. A standby that runs and streams from nobody is
    /// running.
    private static int state(MemberStatus self, Replication replication) {
        return switch (self.state()) {
            case INITIALIZING -> 0;
            case COPYING, REWINDING -> 4;
            case RUNNING, PROMOTING -> 5;
            case STARTING -> 6;
            case STOPPING -> 11;
            case WAITING -> replication == Replication.NONE ? 12 : 5;
            case STOPPED, FENCED -> 12;
            case CRASHED -> 14;
            case UNREACHABLE, UNKNOWN -> -1;
        };
    }

    private static int priority(@Nullable MemberTags tags) {
        if (tags == null) {
            return 1;
        }
        return tags.nofailover() ? 0 : tags.failoverPriority();
    }

    private static double bytes(@Nullable Lsn lsn) {
        return lsn == null ? 0 : (double) lsn.value();
    }

    /// `2.0.2` as 20002.
    private static int semanticVersion(@Nullable String version) {
        Matcher matcher = VERSION.matcher(version == null ? "" : version);
        if (!matcher.matches()) {
            return 0;
        }
        int patch = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return Integer.parseInt(matcher.group(1)) * 10_000
                + Integer.parseInt(matcher.group(2)) * 100
                + patch;
    }

    /// `15.2` as 150002.
    private static int serverVersion(@Nullable String version) {
        Matcher matcher = VERSION.matcher(version == null ? "" : version);
        return matcher.matches()
                ? Integer.parseInt(matcher.group(1)) * 10_000 + Integer.parseInt(matcher.group(2))
                : 0;
    }
}
