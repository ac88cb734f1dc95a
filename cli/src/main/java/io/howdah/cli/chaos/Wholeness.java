package io.howdah.cli.chaos;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import java.util.ArrayList;
import java.util.Objects;

/// When a cluster counts as well. Pure.
final class Wholeness {

    private Wholeness() {}

    /// What is missing, as in `n2 copying`; empty when nothing is: no pause, one primary, all run,
    /// all replicas on its timeline, and as many of them count as did before.
    ///
    /// @param synchronousReplicas how many have to count at least
    static String missing(ClusterStatus cluster, int synchronousReplicas) {
        var missing = new ArrayList<String>();
        if (cluster.paused()) {
            missing.add("the cluster is paused");
        }
        MemberStatus primary = null;
        for (MemberStatus member : cluster.members()) {
            if (member.state() != MemberState.RUNNING) {
                missing.add(member.name() + " " + member.state().text());
            } else if (member.role() == MemberRole.PRIMARY) {
                if (!member.name().equals(cluster.leader())) {
                    missing.add(member.name() + " is a primary and does not lead");
                }
                primary = member;
            }
        }
        if (primary == null) {
            missing.add("no primary");
            return String.join(", ", missing);
        }
        for (MemberStatus member : cluster.members()) {
            if (member.role() == MemberRole.REPLICA
                    && member.state() == MemberState.RUNNING
                    && !Objects.equals(member.timeline(), primary.timeline())) {
                missing.add(member.name() + " is not on the primary's timeline");
            }
        }
        int counted = synchronousReplicas(cluster);
        if (missing.isEmpty() && counted < synchronousReplicas) {
            missing.add(counted + " of " + synchronousReplicas + " synchronous replicas are back");
        }
        return String.join(", ", missing);
    }

    /// How many replicas' acknowledgements count.
    static int synchronousReplicas(ClusterStatus cluster) {
        return (int)
                cluster.members().stream()
                        .filter(member -> member.sync() && member.role() == MemberRole.REPLICA)
                        .count();
    }
}
