package io.howdah.cluster.election;

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

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FitnessTest {

    private static final Epoch NEXT = new Epoch(2);
    private static final String PRIMARYS = "c 2.36, i 153.120";

    /// n1 leads and sorts as told.
    private static ClusterState ledBy(String collations) {
        return accept(
                led(),
                new Command.Report(N1, member(N1).withCondition(collations, member(N1).tags())));
    }

    private static String complaint(ClusterState state, String collations) {
        return judged(state, collations).complaint();
    }

    private static Fitness judged(ClusterState state, String collations) {
        return Fitness.judge(state, N2, collations, Optional.empty());
    }

    @Test
    void standbyThatSortsOtherwiseThanThePrimaryIsNotElectedAndSaysWhatToDo() {
        assertThat(complaint(ledBy(PRIMARYS), "c 2.31, i 153.112"))
                .contains("it sorts by c 2.31, i 153.112")
                .contains("n1, by c 2.36, i 153.120")
                .contains("HINT: ")
                .contains("howdah switchover --to n2")
                .contains("REINDEX")
                .contains("REFRESH COLLATION VERSION");
    }

    @Test
    void whereThereIsNoPrimaryTheAdviceIsOneThatWorks() {
        ClusterState gone =
                accept(ledBy(PRIMARYS), new Command.Release(N1, new Epoch(1), "crashed", 3_000));
        assertThat(complaint(gone, "c 2.31, i 153.112"))
                .as("while it is not known to hold everything")
                .contains("the last primary, n1, by c 2.36, i 153.120")
                .contains("HINT: install the same versions")
                .doesNotContain("switchover", "failover");
        ClusterState voted =
                accept(
                        accept(gone, new Command.CastVote(N2, new Epoch(2), vote(N2, at(150)))),
                        new Command.CastVote(N3, new Epoch(2), vote(N3, at(140))));
        assertThat(complaint(voted, "c 2.31, i 153.112"))
                .contains("howdah failover --to n2")
                .doesNotContain("switchover");
    }

    /// Members look at a moment of their own: a database with another provider, or with another
    /// language, is on one's list first.
    @Test
    void whatOnlyOneHasSeenAlreadyIsNoOtherOrder() {
        assertThat(complaint(ledBy("c 2.36"), PRIMARYS)).isEmpty();
        assertThat(complaint(ledBy(PRIMARYS), "c 2.36")).isEmpty();
        assertThat(complaint(ledBy(PRIMARYS), "c 2.36, i 153.120, i 153.120.44")).isEmpty();
        assertThat(complaint(ledBy(PRIMARYS), "i 153.120")).isEmpty();
        assertThat(complaint(ledBy("c 2.36"), "c 2.41, i 153.120")).contains("by c 2.36");
    }

    @Test
    void standbyThatSortsAsThePrimaryDoesMayLead() {
        assertThat(complaint(ledBy(PRIMARYS), PRIMARYS)).isEmpty();
    }

    @Test
    void whatIsNotKnownIsHeldAgainstNobody() {
        assertThat(complaint(ledBy(""), PRIMARYS)).isEmpty();
        assertThat(complaint(ledBy(PRIMARYS), "")).isEmpty();
        assertThat(complaint(ClusterState.INITIAL, PRIMARYS)).isEmpty();
    }

    @Test
    void thePrimaryIsItsOwnMeasure() {
        assertThat(Fitness.judge(ledBy(PRIMARYS), N1, "c 2.99", Optional.empty()))
                .isEqualTo(new Fitness.Fit());
    }

    @Test
    void fullVolumeIsTheLastChoiceAndNoMore() {
        Fitness full = Fitness.judge(led(), N2, "", Optional.of("the volume is full"));
        assertThat(full.complaint()).isEqualTo("the volume is full");
        assertThat(full.of(Member.Tags.NONE).nofailover()).isFalse();
        assertThat(elected(reported(vacant(), N2, full.of(Member.Tags.NONE)))).isEqualTo(N3);
    }

    @Test
    void whereAllVolumesAreFullSomebodyIsElectedAllTheSame() {
        Member.Tags full = new Fitness.Hampered("full").of(Member.Tags.NONE);
        assertThat(elected(reported(reported(vacant(), N2, full), N3, full))).isEqualTo(N2);
    }

    @Test
    void otherOrderIsNotElectedButVotes() {
        Member.Tags unfit = judged(ledBy(PRIMARYS), "c 2.31").of(Member.Tags.NONE);
        assertThat(unfit.nofailover()).isTrue();
        assertThat(elected(reported(vacant(), N2, unfit))).isEqualTo(N3);
    }

    private static ClusterState reported(ClusterState state, NodeName node, Member.Tags tags) {
        return accept(state, new Command.Report(node, member(node).withCondition("", tags)));
    }

    /// Who leads next when n2 and n3 have voted and reach equally far.
    private static NodeName elected(ClusterState vacant) {
        ClusterState state = accept(vacant, new Command.CastVote(N2, NEXT, vote(N2, at(300))));
        state = accept(state, new Command.CastVote(N3, NEXT, vote(N3, at(300))));
        assertThat(state.lease()).isInstanceOf(Lease.Offered.class);
        return ((Lease.Offered) state.lease()).to();
    }
}
