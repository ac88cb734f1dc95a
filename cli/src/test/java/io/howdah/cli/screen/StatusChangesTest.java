package io.howdah.cli.screen;

import static io.howdah.cli.screen.Statuses.cluster;
import static io.howdah.cli.screen.Statuses.member;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import org.junit.jupiter.api.Test;

class StatusChangesTest {

    @Test
    void firstStatusIsToldWhole() {
        var now = cluster("n1", null, member(1, MemberRole.PRIMARY, MemberState.RUNNING, false, 0));

        assertThat(StatusChanges.between(null, now))
                .containsExactly(
                        "n1: primary running, timeline 3, postgres pid 201", "leader n1, epoch 7");
    }

    @Test
    void lagAloneIsNoNews() {
        var before =
                cluster("n1", null, member(2, MemberRole.REPLICA, MemberState.RUNNING, true, 0));
        var now = cluster("n1", null, member(2, MemberRole.REPLICA, MemberState.RUNNING, true, 99));

        assertThat(StatusChanges.between(before, now)).isEmpty();
    }

    @Test
    void lostPrimaryAndItsReasonAreTold() {
        var before =
                cluster("n1", null, member(1, MemberRole.PRIMARY, MemberState.RUNNING, false, 0));
        var now =
                cluster(
                        null,
                        "no primary",
                        member(1, MemberRole.REPLICA, MemberState.CRASHED, false, 0));

        assertThat(StatusChanges.between(before, now))
                .containsExactly(
                        "n1: replica crashed, timeline 3, postgres pid 201",
                        "no leader, epoch 7",
                        "no primary");
    }
}
