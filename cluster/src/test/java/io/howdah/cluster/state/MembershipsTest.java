package io.howdah.cluster.state;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.member;
import static io.howdah.cluster.state.Samples.refusal;
import static io.howdah.cluster.state.Samples.vacant;
import static io.howdah.cluster.state.Samples.vote;
import static io.howdah.cluster.state.Samples.voters;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.election.Election;
import org.junit.jupiter.api.Test;

class MembershipsTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);
    private static final Command REMOVE_N3 = new Command.Remove(N3, "dba");
    private static final Command FORGET_N3 = new Command.Forget(N3, "n3-old", 9_000);

    /// n3 is leaving and off the voters.
    private static ClusterState left() {
        ClusterState leaving = accept(led(), REMOVE_N3);
        return accept(leaving, new Command.SetVoters(N1, FIRST, 1, voters(N2), 1));
    }

    @Test
    void thePrimaryIsNotTakenOut() {
        assertThat(refusal(led(), new Command.Remove(N1, "dba"))).contains("n1 is the primary");
    }

    @Test
    void whoIsNoMemberIsNotTakenOut() {
        assertThat(refusal(led(), new Command.Remove(new NodeName("n9"), "dba"))).contains("n9");
    }

    @Test
    void aMemberIsForgottenOnlyWhenNoElectionNeedsItsVote() {
        assertThat(refusal(led(), FORGET_N3)).contains("not leaving");
        assertThat(refusal(accept(led(), REMOVE_N3), FORGET_N3)).contains("vote of n3");
        ClusterState forgotten = accept(left(), FORGET_N3);
        assertThat(forgotten.members()).containsOnlyKeys(N1, N2);
        assertThat(forgotten.leaving()).isEmpty();
        assertThat(forgotten.isGone(N3)).isTrue();
        assertThat(forgotten.removals()).containsEntry(N3, 9_000L);
    }

    /// The primary is lost meanwhile, and who asked for the removal with it.
    @Test
    void whoIsLeavingIsElectedWhereNobodyElseCouldBe() {
        ClusterState state = accept(vacant(), REMOVE_N3);
        state = accept(state, new Command.Remove(N2, "dba"));
        state = accept(state, new Command.CastVote(N2, SECOND, vote(N2, at(200))));
        state = accept(state, new Command.CastVote(N3, SECOND, vote(N3, at(300))));
        assertThat(((Lease.Offered) state.lease()).to()).isEqualTo(N3);
    }

    @Test
    void whoseRemovalIsGivenUpMayBeElectedAgain() {
        ClusterState leaving = accept(vacant(), REMOVE_N3);
        assertThat(refusal(vacant(), new Command.CancelRemove(N3))).contains("not leaving");
        ClusterState state = accept(leaving, new Command.CancelRemove(N3));
        state = accept(state, new Command.CastVote(N2, SECOND, vote(N2, at(200))));
        state = accept(state, new Command.CastVote(N3, SECOND, vote(N3, at(300))));
        assertThat(((Lease.Offered) state.lease()).to()).isEqualTo(N3);
    }

    @Test
    void aSwitchoverIsNotPlannedToWhoIsNoMemberAnyMore() {
        var plan = new PlannedSwitchover(N3, 20_000, "dba", 5_000);
        ClusterState state = accept(left(), new Command.PlanSwitchover(plan));
        state = accept(state, FORGET_N3);
        assertThat(state.planned()).isNull();
        assertThat(state.dropped()).isNotNull();
    }

    @Test
    void theLastLeaderIsNotForgottenBeforeThereIsAnother() {
        ClusterState leaving = accept(vacant(), new Command.Remove(N1, "dba"));
        assertThat(refusal(leaving, new Command.Forget(N1, "n1-old", 9_000)))
                .contains("vote of n1");
    }

    @Test
    void whoIsLeavingVotesButIsNotElected() {
        ClusterState state = accept(vacant(), REMOVE_N3);
        state = accept(state, new Command.CastVote(N2, SECOND, vote(N2, at(200))));
        state = accept(state, new Command.CastVote(N3, SECOND, vote(N3, at(300))));
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(Election.of(state)).isInstanceOf(Election.Verdict.CatchUp.class);
        state = accept(state, new Command.CastVote(N2, SECOND, vote(N2, at(300))));
        assertThat(((Lease.Offered) state.lease()).to()).isEqualTo(N2);
        state = accept(state, new Command.Claim(N2, SECOND, vote(N2, at(300))));
        assertThat(Samples.sync(state).voters()).doesNotContainKey(N3);
    }

    @Test
    void whoWasTakenOutComesBackOnlyAsANewPeer() {
        ClusterState forgotten = accept(left(), FORGET_N3);
        assertThat(refusal(forgotten, new Command.Report(N3, member(N3)))).contains("taken out");
        assertThat(refusal(forgotten, new Command.Report(N3, member(N3), "n3-old")))
                .contains("taken out");
        ClusterState back = accept(forgotten, new Command.Report(N3, member(N3), "n3-new"));
        assertThat(back.members()).containsKey(N3);
        assertThat(back.isGone(N3)).isFalse();
        assertThat(back.removals()).as("its former certificate stays out").containsKey(N3);
    }
}
