package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.member;
import static io.howdah.cluster.state.Samples.vacant;
import static io.howdah.cluster.state.Samples.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.election.Fitness;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VoteRestraintTest {

    private static final Epoch SECOND = new Epoch(2);
    private static final Optional<String> FULL = Optional.of("the volume is full");

    private final VoteRestraint leaders = new VoteRestraint(N1);

    private static ClusterState voted(ClusterState state, NodeName node) {
        return accept(state, new Command.CastVote(node, SECOND, vote(node, at(300))));
    }

    private static ClusterState hampered(ClusterState state, NodeName node) {
        return accept(
                state,
                new Command.Report(
                        node,
                        member(node)
                                .withCondition(
                                        "", member(node).tags().withPriority(Fitness.LAST))));
    }

    @Test
    void lastLeaderOnAFullVolumeLetsTheOthersVoteFirst() {
        assertThat(leaders.holdsBack(vacant(), FULL, 0)).isTrue();
        assertThat(leaders.holdsBack(voted(vacant(), N2), FULL, 1)).isTrue();
        assertThat(leaders.holdsBack(vacant(), Optional.empty(), 1)).isFalse();
    }

    @Test
    void voterWhoseVoteIsNeededVotesOnceTheOtherHas() {
        VoteRestraint second = new VoteRestraint(N2);
        assertThat(second.holdsBack(vacant(), FULL, 0)).isTrue();
        assertThat(second.holdsBack(voted(vacant(), N3), FULL, 1)).isFalse();
    }

    @Test
    void nobodyIsWaitedForLongerThanTheBoundNorWhereNobodyIsInBetterShape() {
        assertThat(leaders.holdsBack(vacant(), FULL, 5)).isTrue();
        long late = 5 + VoteRestraint.AT_MOST.toNanos();
        assertThat(leaders.holdsBack(vacant(), FULL, late)).isFalse();
        // another vacancy
        assertThat(leaders.holdsBack(led(), FULL, late)).isFalse();
        assertThat(leaders.holdsBack(vacant(), FULL, late)).isTrue();
        ClusterState allFull = hampered(hampered(vacant(), N2), N3);
        assertThat(new VoteRestraint(N1).holdsBack(allFull, FULL, 0)).isFalse();
    }
}
