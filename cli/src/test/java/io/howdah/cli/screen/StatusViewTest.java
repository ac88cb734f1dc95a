package io.howdah.cli.screen;

import static io.howdah.cli.screen.Statuses.cluster;
import static io.howdah.cli.screen.Statuses.member;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.MemberTags;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusViewTest {

    @Test
    void tableIsAlignedAndLeavesOutEmptyColumns() {
        List<String> lines =
                StatusView.lines(
                        cluster(
                                "n1",
                                null,
                                member(1, MemberRole.PRIMARY, MemberState.RUNNING, false, 0),
                                member(2, MemberRole.REPLICA, MemberState.RUNNING, true, 16384)),
                        false,
                        false);

        assertThat(String.join("\n", lines))
                .isEqualTo(
                        """
                        cluster demo, epoch 7, leader n1, 2 of 2 running

                        NAME  ROLE     STATE    SYNC  TL        LSN    LAG  POSTGRES        API             AGENT  PG PID  VERSION
                        n1    primary  running         3  0/5000A10         127.0.0.1:6521  127.0.0.1:6531    101     201  18.6
                        n2    replica  running  sync   3  0/5000A10  16 kB  127.0.0.1:6522  127.0.0.1:6532    102     202  18.6\
                        """);
    }

    @Test
    void whatIsWrongStandsBelowTheTable() {
        List<String> lines =
                StatusView.lines(
                        cluster(
                                null,
                                "no primary: waiting for the vote of n2",
                                member(1, MemberRole.REPLICA, MemberState.RUNNING, false, 0),
                                member(2, MemberRole.REPLICA, MemberState.UNREACHABLE, false, 0)
                                        .withState(MemberState.UNREACHABLE, "does not answer")),
                        false,
                        false);

        assertThat(lines.getFirst()).contains("no leader").contains("1 of 2 running");
        assertThat(lines).endsWith("n2: does not answer", "no primary: waiting for the vote of n2");
    }

    @Test
    void tagsAreShownWhereThereAreAny() {
        MemberStatus plain = member(1, MemberRole.PRIMARY, MemberState.RUNNING, false, 0);
        MemberStatus tagged =
                Statuses.tagged(
                        member(2, MemberRole.REPLICA, MemberState.RUNNING, true, 0),
                        new MemberTags(true, 5, "a", false, true, false));

        assertThat(StatusView.lines(cluster("n1", null, plain), false, false))
                .noneMatch(line -> line.contains("TAGS"));
        assertThat(StatusView.lines(cluster("n1", null, plain, tagged), false, false))
                .anyMatch(line -> line.contains("TAGS"))
                .anyMatch(line -> line.contains("zone=a failover-priority=5 nofailover nosync"));
    }

    @Test
    void coloursComeOnlyWhereTheyAreWanted() {
        var status =
                cluster("n1", null, member(1, MemberRole.PRIMARY, MemberState.CRASHED, false, 0));

        assertThat(String.join("", StatusView.lines(status, true, false)))
                .contains("\u001b[31mcrashed\u001b[0m");
        assertThat(String.join("", StatusView.lines(status, false, true))).doesNotContain("\u001b");
    }
}
