package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The cluster as one node sees it. As `GET /cluster` returns it, the members are asked live; as
/// [NodeView#cluster()] returns it, they are as they last reported. Immutable.
///
/// @param cluster its name
/// @param epoch the highest epoch that was granted; 0 before the first
/// @param leader the name of the node that holds the lease; null while nobody does
/// @param paused whether the operator has paused automatic failover
/// @param members every node, witnesses included, in the configuration's order
/// @param pauseDetail who paused it and why; null while it is not paused
/// @param scheduledSwitchover a switchover for later, or the last one that came to nothing; or null
/// @param configVersion the version of the cluster's configuration; null before the first primary
/// @param drill the last drill, as the node that answers knows of it; null where there was none
/// @param backups the backups that are under way, as the node that answers knows of them; null
///   where it names no repository
/// @param archiveProblem why this node's worker does not archive; null where it does, or need not
/// @param hint what keeps the cluster from being well and what to do; null when nothing does
public record ClusterStatus(
        String cluster,
        long epoch,
        @Nullable String leader,
        boolean paused,
        List<MemberStatus> members,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PauseStatus pauseDetail,
        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("scheduled_switchover")
                @Nullable ScheduledSwitchover scheduledSwitchover,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long configVersion,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable DrillStatus drill,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<BackupStatus> backups,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String archiveProblem,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String hint) {

    /// @throws NullPointerException when the name or the members are missing
    public ClusterStatus {
        Objects.requireNonNull(cluster, "cluster");
        members = List.copyOf(members);
        backups = backups == null ? null : List.copyOf(backups);
    }

    /// A cluster of which nothing is said but this.
    public ClusterStatus(
            String cluster,
            long epoch,
            @Nullable String leader,
            boolean paused,
            List<MemberStatus> members,
            @Nullable String hint) {
        this(cluster, epoch, leader, paused, members, null, null, null, null, null, null, hint);
    }

    /// The same with what operators have asked for.
    public ClusterStatus withOperations(
            @Nullable PauseStatus pause,
            @Nullable ScheduledSwitchover scheduled,
            @Nullable Long newConfigVersion) {
        return new ClusterStatus(
                cluster,
                epoch,
                leader,
                pause != null,
                members,
                pause,
                scheduled,
                newConfigVersion,
                drill,
                backups,
                archiveProblem,
                hint);
    }

    /// The same with what is known of repositories.
    ///
    /// @param last the last drill
    /// @param running the backups that are under way
    /// @param problem why WAL is not archived
    public ClusterStatus withRepositories(
            @Nullable DrillStatus last,
            @Nullable List<BackupStatus> running,
            @Nullable String problem) {
        return new ClusterStatus(
                cluster,
                epoch,
                leader,
                paused,
                members,
                pauseDetail,
                scheduledSwitchover,
                configVersion,
                last,
                running,
                problem,
                hint);
    }

    /// The same with members that were asked live.
    ClusterStatus withMembers(List<MemberStatus> live, @Nullable String newHint) {
        return new ClusterStatus(
                cluster,
                epoch,
                leader,
                paused,
                live,
                pauseDetail,
                scheduledSwitchover,
                configVersion,
                drill,
                backups,
                archiveProblem,
                newHint);
    }
}
