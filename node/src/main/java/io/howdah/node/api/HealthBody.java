package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
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
        String role,
        @JsonProperty("server_version") @Nullable Integer serverVersion,
        @Nullable Long timeline,
        @Nullable Xlog xlog,
        @JsonProperty("sync_standby") @Nullable Boolean syncStandby,
        @JsonProperty("replication_state") @Nullable String replicationState,
        @JsonProperty("cluster_unlocked") @Nullable Boolean clusterUnlocked,
        @Nullable Boolean pause,
        @JsonProperty("pending_restart") @Nullable Boolean pendingRestart,
        @Nullable Tags tags,
        Patroni patroni,
        @Nullable String reason) {

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    /// Positions in bytes: on a primary where it writes, on a replica what it has.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Xlog(
            @Nullable Long location,
            @JsonProperty("received_location") @Nullable Long receivedLocation,
            @JsonProperty("replayed_location") @Nullable Long replayedLocation) {}

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
                self.role().text(),
                serverVersion(self.postgresVersion()),
                self.timeline() == null ? null : Long.valueOf(self.timeline().value()),
                xlog(self),
                (self.role() == MemberRole.REPLICA && self.sync()) ? true : null,
                node.replication().text().isEmpty() ? null : node.replication().text(),
                cluster.leader() == null ? true : null,
                cluster.paused() ? true : null,
                self.pendingRestart() ? true : null,
                Tags.of(self.tags()),
                new Patroni(self.version(), cluster.cluster(), self.name()),
                problem.orElse(null));
    }

    private static @Nullable Xlog xlog(MemberStatus self) {
        Long lsn = self.lsn() == null ? null : Long.valueOf(self.lsn().value());
        Long replayed =
                self.replayedLsn() == null ? null : Long.valueOf(self.replayedLsn().value());
        if (lsn == null && replayed == null) {
            return null;
        }
        return self.role() == MemberRole.PRIMARY
                ? new Xlog(lsn, null, null)
                : new Xlog(null, lsn, replayed);
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
