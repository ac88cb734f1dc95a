package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The body of a health check's answer, with Patroni's fields where it has them. What is not known
/// is left out.
///
/// @param reason why the answer is no; ours, not Patroni's
@JsonInclude(JsonInclude.Include.NON_NULL)
record HealthBody(
        String state,
        @JsonProperty("postmaster_start_time") @Nullable String postmasterStartTime,
        String role,
        @JsonProperty("server_version") @Nullable Integer serverVersion,
        @Nullable Long timeline,
        @Nullable Xlog xlog,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<NodeDetails.Sender> replication,
        @JsonProperty("sync_standby") @Nullable Boolean syncStandby,
        @JsonProperty("replication_state") @Nullable String replicationState,
        @JsonProperty("cluster_unlocked") @Nullable Boolean clusterUnlocked,
        @Nullable Boolean pause,
        @JsonProperty("pending_restart") @Nullable Boolean pendingRestart,
        @JsonProperty("pending_restart_reason") @JsonInclude(JsonInclude.Include.NON_EMPTY)
                Map<String, Pending> pendingRestartReason,
        @JsonProperty("dcs_last_seen") @Nullable Long dcsLastSeen,
        @JsonProperty("database_system_identifier") @Nullable String databaseSystemIdentifier,
        @Nullable Tags tags,
        Patroni patroni,
        @Nullable String reason) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSxxx", Locale.ROOT);
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    /// Positions in bytes: on a primary where it writes, on a replica what it has.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Xlog(
            @Nullable Long location,
            @JsonProperty("received_location") @Nullable Long receivedLocation,
            @JsonProperty("replayed_location") @Nullable Long replayedLocation,
            @JsonProperty("replayed_timestamp") @Nullable String replayedTimestamp,
            @Nullable Boolean paused) {

        private Xlog with(NodeDetails.Server server) {
            return location != null
                    ? this
                    : new Xlog(
                            null,
                            receivedLocation,
                            replayedLocation,
                            server.replayedAtMillis().isPresent()
                                    ? time(server.replayedAtMillis().getAsLong())
                                    : null,
                            server.replayPaused());
        }
    }

    /// A setting that waits for a restart.
    record Pending(
            @JsonProperty("old_value") String oldValue,
            @JsonProperty("new_value") String newValue) {}

    /// What the operator said about it, as Patroni spells it.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Tags(
            boolean nofailover,
            @JsonProperty("failover_priority") int failoverPriority,
            @Nullable String zone,
            @Nullable Boolean noloadbalance,
            @Nullable Boolean nosync,
            @Nullable Boolean clonefrom) {

        static @Nullable Tags of(@Nullable MemberTags tags) {
            return tags == null
                    ? null
                    : new Tags(
                            tags.nofailover(),
                            tags.failoverPriority(),
                            tags.zone(),
                            trueOrLeftOut(tags.noloadbalance()),
                            trueOrLeftOut(tags.nosync()),
                            trueOrLeftOut(tags.clonefrom()));
        }

        private static @Nullable Boolean trueOrLeftOut(boolean tag) {
            return tag ? true : null;
        }
    }

    /// Who answers, under the name that load balancers and tools look for.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Patroni(@Nullable String version, String scope, String name) {}

    static HealthBody of(
            HealthCheck.Condition node, ClusterStatus cluster, Optional<String> problem) {
        MemberStatus self = node.self();
        return new HealthBody(
                self.state().text(),
                null,
                self.role().text(),
                serverVersion(self.postgresVersion()),
                self.timeline() == null ? null : Long.valueOf(self.timeline().value()),
                xlog(self),
                List.of(),
                (self.role() == MemberRole.REPLICA && self.sync()) ? true : null,
                node.replication().text().isEmpty() ? null : node.replication().text(),
                cluster.leader() == null ? true : null,
                cluster.paused() ? true : null,
                self.pendingRestart() ? true : null,
                pending(self),
                null,
                null,
                Tags.of(self.tags()),
                new Patroni(self.version(), cluster.cluster(), self.name()),
                problem.orElse(null));
    }

    /// The same with what only monitoring asks.
    HealthBody with(NodeDetails details) {
        NodeDetails.Server server = details.server().orElse(null);
        return new HealthBody(
                state,
                server == null ? null : time(server.startedAtMillis()),
                role,
                serverVersion,
                timeline,
                xlog == null || server == null ? xlog : xlog.with(server),
                server == null ? List.of() : server.senders(),
                syncStandby,
                replicationState,
                clusterUnlocked,
                pause,
                pendingRestart,
                pendingRestartReason,
                details.consensusSeenAtMillis() / 1000,
                details.systemIdentifier(),
                tags,
                patroni,
                reason);
    }

    private static Map<String, Pending> pending(MemberStatus self) {
        var pending = new TreeMap<String, Pending>();
        AppliedState applied = self.applied();
        if (applied != null) {
            applied.pendingRestart()
                    .forEach(setting ->
                            pending.put(
                                    setting.name(),
                                    new Pending(setting.running(), setting.configured())));
        }
        return pending;
    }

    /// As Python writes a time, which Patroni's readers expect.
    private static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC));
    }

    private static @Nullable Xlog xlog(MemberStatus self) {
        Long lsn = self.lsn() == null ? null : Long.valueOf(self.lsn().value());
        Long replayed =
                self.replayedLsn() == null ? null : Long.valueOf(self.replayedLsn().value());
        if (lsn == null && replayed == null) {
            return null;
        }
        return self.role() == MemberRole.PRIMARY
                ? new Xlog(lsn, null, null, null, null)
                : new Xlog(null, lsn, replayed, null, null);
    }

    /// `18.6` as PostgreSQL's `server_version_num`: 180006.
    static @Nullable Integer serverVersion(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Matcher matcher = VERSION.matcher(text);
        return matcher.matches()
                ? Integer.parseInt(matcher.group(1)) * 10_000 + Integer.parseInt(matcher.group(2))
                : null;
    }
}
