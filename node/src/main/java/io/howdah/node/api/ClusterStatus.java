package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
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
/// @param hint what keeps the cluster from being well and what to do; null when nothing does
public record ClusterStatus(
        String cluster,
        long epoch,
        @Nullable String leader,
        boolean paused,
        List<MemberStatus> members,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String hint) {

    /// @throws NullPointerException when the name or the members are missing
    public ClusterStatus {
        Objects.requireNonNull(cluster, "cluster");
        members = List.copyOf(members);
    }
}
