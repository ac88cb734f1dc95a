package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.member;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Switchover;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SwitchoverTargetTest {

    private static Switchover to(@Nullable NodeName wished) {
        return new Switchover(new Epoch(1), wished);
    }

    private static ClusterState nofailover(ClusterState state, NodeName node) {
        return accept(state, new Command.Report(node, member(node, new Member.Tags(true, 1, ""))));
    }

    private static String whyNobody(
            ClusterState state, @Nullable NodeName wished, NodeName... streaming) {
        assertThat(SwitchoverTarget.choose(to(wished), List.of(streaming), state)).isEmpty();
        return SwitchoverTarget.whyNobody(to(wished), List.of(streaming), state, N1);
    }

    @Test
    void theFurthestThatMayLeadIsChosenAndWhoIsNamedThoughNofailover() {
        ClusterState state = nofailover(led(), N3);
        assertThat(SwitchoverTarget.choose(to(null), List.of(N3, N2), state)).contains(N2);
        assertThat(SwitchoverTarget.choose(to(N3), List.of(N3, N2), state)).contains(N3);
    }

    @Test
    void theReasonIsTheTrueOne() {
        assertThat(whyNobody(led(), null)).isEqualTo("no standby streams from n1");
        assertThat(whyNobody(led(), N2, N3)).isEqualTo("n2 does not stream from n1");
        assertThat(whyNobody(accept(led(), new Command.Remove(N2, "dba")), N2, N2, N3))
                .isEqualTo("n2 is being taken out");
    }

    @Test
    void whereThoseThatStreamMayNotLeadItIsSaidOfEachAndWhatToDo() {
        ClusterState state = nofailover(accept(led(), new Command.Remove(N3, "dba")), N2);
        assertThat(whyNobody(state, null, N2, N3))
                .contains("n2 is nofailover")
                .contains("n3 is being taken out")
                .contains("HINT: ")
                .contains("--to");
    }
}
