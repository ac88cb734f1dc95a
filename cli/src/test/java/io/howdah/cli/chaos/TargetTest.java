package io.howdah.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.postgres.TimelineId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whom a fault hits, and when a cluster counts as well.
class TargetTest {

    private static final MemberStatus PRIMARY =
            member("n1", MemberRole.PRIMARY, MemberState.RUNNING, false, 5);
    private static final MemberStatus REPLICA =
            member("n2", MemberRole.REPLICA, MemberState.RUNNING, true, 5);
    private static final MemberStatus WITNESS =
            member("n3", MemberRole.WITNESS, MemberState.RUNNING, false, 0);

    private static MemberStatus member(
            String name, MemberRole role, MemberState state, boolean sync, int timeline) {
        return new MemberStatus(
                name,
                role,
                state,
                sync,
                timeline == 0 ? null : new TimelineId(timeline),
                null,
                null,
                null,
                null,
                null,
                "http://127.0.0.1:1",
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static ClusterStatus cluster(@Nullable String leader, MemberStatus... members) {
        return new ClusterStatus("demo", 3, leader, false, List.of(members), null);
    }

    private static Optional<String> victim(
            FaultKind kind, boolean primary, int which, ClusterStatus cluster) {
        var fault =
                new PlannedFault(
                        1, kind, primary, which, Duration.ofSeconds(1), Duration.ZERO, true, 0);
        return Target.victim(fault, cluster).map(MemberStatus::name);
    }

    @Test
    void faultHitsWhoPlaysItsRoleNow() {
        ClusterStatus cluster = cluster("n1", PRIMARY, REPLICA, WITNESS);

        assertThat(victim(FaultKind.KILL_AGENT, true, 0, cluster)).contains("n1");
        assertThat(victim(FaultKind.KILL_AGENT, false, 4, cluster)).contains("n2");
        assertThat(victim(FaultKind.KILL_AGENT, false, 5, cluster)).contains("n3");
        assertThat(victim(FaultKind.KILL_AGENT, true, 0, cluster(null, REPLICA))).isEmpty();
    }

    @Test
    void witnessHasNoPostgresToHurt() {
        ClusterStatus cluster = cluster("n1", PRIMARY, REPLICA, WITNESS);

        assertThat(victim(FaultKind.KILL_POSTGRES, false, 5, cluster)).contains("n2");
        assertThat(victim(FaultKind.RESTART, false, 5, cluster("n1", PRIMARY, WITNESS))).isEmpty();
        assertThat(victim(FaultKind.KILL_SWITCH, false, 5, cluster)).contains("n2");
        assertThat(victim(FaultKind.RESTART_AGENT, false, 5, cluster)).contains("n3");
    }

    @Test
    void allIsWellWithAPrimaryAndAsManyReplicasThatCountAsBefore() {
        assertThat(Wholeness.missing(cluster("n1", PRIMARY, REPLICA, WITNESS), 1)).isEmpty();
        assertThat(Wholeness.synchronousReplicas(cluster("n1", PRIMARY, REPLICA))).isEqualTo(1);
        assertThat(Wholeness.missing(cluster("n1", PRIMARY, REPLICA), 2)).contains("1 of 2");
    }

    @Test
    void whatIsMissingIsSaid() {
        MemberStatus copying = member("n2", MemberRole.REPLICA, MemberState.COPYING, false, 4);
        MemberStatus behind = member("n2", MemberRole.REPLICA, MemberState.RUNNING, true, 4);
        MemberStatus second = member("n2", MemberRole.PRIMARY, MemberState.RUNNING, false, 4);

        assertThat(Wholeness.missing(cluster("n1", PRIMARY, copying), 0)).contains("n2 copying");
        assertThat(Wholeness.missing(cluster("n1", PRIMARY, behind), 0)).contains("timeline");
        assertThat(Wholeness.missing(cluster("n1", PRIMARY, second), 0))
                .contains("n2 is a primary and does not lead");
        assertThat(Wholeness.missing(cluster(null, REPLICA), 0)).contains("no primary");
        var paused =
                new ClusterStatus("demo", 3, "n1", true, List.of(PRIMARY, REPLICA, WITNESS), null);
        assertThat(Wholeness.missing(paused, 1)).isEqualTo("the cluster is paused");
    }
}
