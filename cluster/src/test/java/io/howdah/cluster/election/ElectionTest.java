package io.howdah.cluster.election;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.member;
import static io.howdah.cluster.state.Samples.refusal;
import static io.howdah.cluster.state.Samples.vacant;
import static io.howdah.cluster.state.Samples.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Samples;
import io.howdah.cluster.state.Vote;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ElectionTest {

    private static final Epoch NEXT = new Epoch(2);

    @Test
    void oneVoteOfTwoElectsNobodyWhenOneOfTwoHoldsEachCommit() {
        ClusterState state = voted(vacant(), N2, at(200));
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(Election.of(state)).isInstanceOf(Election.Verdict.Undecided.class);
        assertThat(((Election.Verdict.Undecided) Election.of(state)).why())
                .contains("n3")
                .contains("n1");
    }

    @Test
    void theHighestOfAQuorumIsOfferedTheNextEpochOnANewTimeline() {
        ClusterState state = voted(voted(vacant(), N2, at(200)), N3, at(300));
        assertThat(state.lease()).isInstanceOf(Lease.Offered.class);
        Lease.Offered offered = (Lease.Offered) state.lease();
        assertThat(offered.to()).isEqualTo(N3);
        assertThat(offered.epoch()).isEqualTo(NEXT);
        assertThat(offered.timeline().value()).isEqualTo(2);
    }

    @Test
    void theLastLeaderAloneCountsForAll() {
        assertThat(winner(voted(vacant(), N1, at(150)))).isEqualTo(N1);
    }

    @Test
    void theLastLeaderCopiedAnewDoesNotCountForAll() {
        Vote recopied = new Vote(new Incarnation("ffffffff"), at(500));
        ClusterState state = accept(vacant(), new Command.CastVote(N1, NEXT, recopied));
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
    }

    @Test
    void aVoterCopiedAnewIsNotTheVoterThatAcknowledged() {
        ClusterState state = voted(vacant(), N2, at(200));
        Vote recopied = new Vote(new Incarnation("ffffffff"), at(300));
        state = accept(state, new Command.CastVote(N3, NEXT, recopied));
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
    }

    @Test
    void nobodyIsElectedWhoDoesNotHoldWhereTheEpochBegan() {
        ClusterState state = voted(voted(vacant(), N2, at(50)), N3, at(99));
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(((Election.Verdict.Undecided) Election.of(state)).why()).contains("n1");
    }

    @Test
    void aHigherPositionOnADeadBranchDoesNotWin() {
        // n1's epoch began at 100 on timeline 1; n2 went another way at 90
        ClusterState state = voted(voted(vacant(), N2, at(900, 7, 90)), N3, at(150));
        assertThat(winner(state)).isEqualTo(N3);
    }

    @Test
    void whoIsBehindANofailoverMemberCatchesUpFromItBeforeAnybodyIsElected() {
        ClusterState state = voted(voted(nofailover(vacant(), N3), N2, at(200)), N3, at(300));
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(Election.of(state))
                .isEqualTo(new Election.Verdict.CatchUp(N3, at(300), Set.of(N2)));
        assertThat(Election.of(state).why()).contains("nofailover").contains("n2");
    }

    @Test
    void whoHasCaughtUpWithTheNofailoverMemberVotesAgainAndWins() {
        ClusterState state = voted(voted(nofailover(vacant(), N3), N2, at(200)), N3, at(300));
        assertThat(voted(state, N2, at(299)).lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(winner(voted(state, N2, at(300)))).isEqualTo(N2);
    }

    @Test
    void whoWentAnotherWayThanTheNofailoverMemberCannotCatchUpFromIt() {
        // both hold where the epoch began, but n2 left timeline 1 before n3's end
        ClusterState state = nofailover(vacant(), N3);
        state = voted(voted(state, N2, at(200, 7, 150)), N3, at(300));
        Election.Verdict verdict = Election.of(state);
        assertThat(verdict).isInstanceOf(Election.Verdict.Withheld.class);
        assertThat(verdict.why()).contains("n3 is nofailover").contains("failover --to n3");
    }

    @Test
    void whereAllAreNofailoverNobodyIsElected() {
        ClusterState state = nofailover(nofailover(vacant(), N2), N3);
        state = voted(voted(state, N2, at(200)), N3, at(300));
        assertThat(Election.of(state))
                .isInstanceOfSatisfying(
                        Election.Verdict.Withheld.class,
                        withheld -> assertThat(withheld.complete()).containsExactly(N3));
    }

    /// n2 and n3 were updated first, and n1, which sorts as the indexes do, is lost for good.
    @Test
    void whereAllWhoAreLeftSortOtherwiseNobodyIsElectedAndTheWayOutIsNamed() {
        ClusterState state = voted(voted(updated(), N2, at(300)), N3, at(200));
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(Election.of(state).why())
                .contains("n2 sorts by c 2.41")
                .contains("the last primary, n1, by c 2.36")
                .contains("start n1; or `howdah failover --to n2`")
                .contains("gives up nothing that was acknowledged")
                .contains("REINDEX")
                .doesNotContain("tag")
                .doesNotContain("switchover");
    }

    @Test
    void anOperatorChoosesOneThatHoldsEverythingThoughItSortsOtherwise() {
        ClusterState state = voted(voted(updated(), N2, at(300)), N3, at(200));
        assertThat(refusal(state, new Command.Elect(N3, NEXT, "dba")))
                .contains("n3 is not known to hold everything")
                .contains("failover --to n2");
        state = accept(state, new Command.Elect(N2, NEXT, "dba"));
        assertThat(winner(state)).isEqualTo(N2);
        assertThat(state.forced()).isEmpty();
        state = accept(state, new Command.Claim(N2, NEXT, vote(N2, at(300))));
        assertThat(Samples.sync(state).voters()).containsOnlyKeys(N3);
        assertThat(Samples.sync(state).base()).isEqualTo(at(300));
    }

    @Test
    void nobodyIsChosenBeforeTheVotesShowWhoHoldsEverything() {
        ClusterState state = voted(updated(), N2, at(300));
        assertThat(refusal(state, new Command.Elect(N2, NEXT, "dba"))).contains("waiting for");
        assertThat(refusal(led(), new Command.Elect(N2, NEXT, "dba"))).contains("not vacant");
        state = voted(state, N3, at(300));
        assertThat(refusal(state, new Command.Elect(N2, new Epoch(3), "dba")))
                .contains("for epoch 2");
        assertThat(Election.complete(state)).containsExactly(N2, N3);
    }

    private static ClusterState updated() {
        ClusterState state = vacant();
        Member.Tags unfit = new Fitness.Unfit("").of(Member.Tags.NONE);
        state =
                accept(
                        state,
                        new Command.Report(
                                N1, member(N1).withCondition("c 2.36", Member.Tags.NONE)));
        for (NodeName node : new NodeName[] {N2, N3}) {
            state =
                    accept(
                            state,
                            new Command.Report(node, member(node).withCondition("c 2.41", unfit)));
        }
        return state;
    }

    @Test
    void nobodyCatchesUpBeforeTheVotesAreAQuorum() {
        ClusterState state = voted(nofailover(vacant(), N3), N3, at(300));
        assertThat(Election.of(state)).isInstanceOf(Election.Verdict.Undecided.class);
    }

    private static ClusterState nofailover(ClusterState state, NodeName node) {
        return accept(state, new Command.Report(node, member(node, new Member.Tags(true, 1, ""))));
    }

    @Test
    void amongEqualsTheOperatorsPreferenceDecidesThenTheName() {
        ClusterState plain = voted(voted(vacant(), N3, at(200)), N2, at(200));
        assertThat(winner(plain)).isEqualTo(N2);
        ClusterState preferred =
                accept(vacant(), new Command.Report(N3, member(N3, new Member.Tags(false, 5, ""))));
        assertThat(winner(voted(voted(preferred, N3, at(200)), N2, at(200)))).isEqualTo(N3);
    }

    @Test
    void amongEqualsTheOldLeadersZoneIsPreferred() {
        ClusterState state =
                accept(
                        vacant(),
                        new Command.Report(N1, member(N1, new Member.Tags(false, 1, "b"))));
        state = accept(state, new Command.Report(N3, member(N3, new Member.Tags(false, 1, "b"))));
        assertThat(winner(voted(voted(state, N3, at(200)), N2, at(200)))).isEqualTo(N3);
    }

    @Test
    void aNewLeaderBeginsWithThoseWhoVotedForVoters() {
        ClusterState state = voted(voted(vacant(), N2, at(200)), N3, at(300));
        state = accept(state, new Command.Claim(N3, NEXT, vote(N3, at(300))));
        assertThat(Samples.sync(state).voters())
                .containsOnlyKeys(N2)
                .containsEntry(N2, incarnation(N2));
        assertThat(Samples.sync(state).base()).isEqualTo(at(300));
        assertThat(Samples.sync(state).quorum()).isEqualTo(1);
    }

    @Test
    void theLastLeaderCountsThoughItsLastRecordIsIncomplete() {
        // its epoch began at 100, as far as it had received; after a restart its WAL ends at the
        // last whole record
        ClusterState state = voted(vacant(), N1, at(96));
        assertThat(winner(state)).isEqualTo(N1);
        state = accept(state, new Command.Claim(N1, NEXT, vote(N1, at(96))));
        assertThat(state.isHeldBy(N1, NEXT)).isTrue();
    }

    @Test
    void whoeverReachedTheSwitchPointHoldsAllThatTheNewTimelineTookOver() {
        ClusterState state = voted(voted(vacant(), N2, at(300)), N3, at(300));
        state = accept(state, new Command.Claim(N2, NEXT, vote(N2, at(300))));
        TimelineHistory history = at(310, 2, 300).history();
        state =
                accept(
                        state,
                        new Command.Announce(
                                N2,
                                NEXT,
                                incarnation(N2),
                                Position.beginningOf(history),
                                history,
                                Samples.SYSTEM,
                                0));
        state = accept(state, new Command.Expire(N3, NEXT, 0, 0));
        Epoch third = new Epoch(3);
        ClusterState behind = accept(state, new Command.CastVote(N3, third, vote(N3, at(299))));
        assertThat(behind.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(winner(accept(state, new Command.CastVote(N3, third, vote(N3, at(300))))))
                .isEqualTo(N3);
    }

    /// n2 was elected with 308, of which 300 to 308 were the beginning of a record: so was what n3
    /// has past the switch point.
    @Test
    void anUnfinishedRecordMakesNobodyAStray() {
        ClusterState state = voted(voted(vacant(), N2, at(308)), N3, at(305));
        state = accept(state, new Command.Claim(N2, NEXT, vote(N2, at(308))));
        TimelineHistory history = at(310, 2, 300).history();
        Position base = Position.beginningOf(history);
        state =
                accept(
                        state,
                        new Command.Announce(
                                N2, NEXT, incarnation(N2), base, history, Samples.SYSTEM, 0));
        state = accept(state, new Command.Expire(N3, NEXT, 0, 0));
        Epoch third = new Epoch(3);
        assertThat(winner(accept(state, new Command.CastVote(N3, third, vote(N3, at(305))))))
                .isEqualTo(N3);
    }

    /// n3 led from 300 on and was never announced; n2 got more of the line before, and was promoted
    /// by hand there.
    @Test
    void whoWasPromotedByHandIsNotNeededWhereTheLastLeaderHasVoted() {
        ClusterState state = voted(voted(vacant(), N2, at(200)), N3, at(300));
        state = accept(state, new Command.Claim(N3, NEXT, vote(N3, at(300))));
        state = accept(state, new Command.Expire(N1, NEXT, 0, 0));
        Epoch third = new Epoch(3);
        state = accept(state, new Command.CastVote(N2, third, vote(N2, at(900, 7, 400))));
        assertThat(Election.of(state).why()).contains("--allow-data-loss");
        state = accept(state, new Command.CastVote(N3, third, vote(N3, at(300))));
        assertThat(winner(state)).isEqualTo(N3);
    }

    @Test
    void anUncertainVoteCountsForNothingButAnOperatorMayChooseIt() {
        Vote uncertain = new Vote(Samples.incarnation(N1), at(900), true);
        ClusterState state = accept(vacant(), new Command.CastVote(N1, NEXT, uncertain));
        state = voted(state, N2, at(200));
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(Election.of(state).why()).contains("n1").contains("--allow-data-loss");
        state = accept(state, new Command.ForceFailover(N1, NEXT, "dba", 5_000));
        assertThat(winner(state)).isEqualTo(N1);
        state = accept(state, new Command.Claim(N1, NEXT, uncertain));
        assertThat(Samples.sync(state).voters()).containsOnlyKeys(N2);
    }

    /// It was made the leader though somebody had run a primary in it, crashed right after its
    /// promotion, and stands before it again: as far as the others', who have not seen that line.
    @Test
    void whoeverLedAcrossARiftCountsForAllThoughItsPromotionIsUndone() {
        ClusterState state = ledAcrossARift(vacant());
        Epoch third = new Epoch(3);
        ClusterState other = accept(state, new Command.CastVote(N2, third, vote(N2, at(950))));
        assertThat(Election.of(other).why()).contains("n1").doesNotContain("copied anew");
        state = accept(other, new Command.CastVote(N1, third, vote(N1, at(900))));
        assertThat(winner(state)).isEqualTo(N1);
    }

    /// Its data may be another line's: that it was copied anew is not what keeps it from counting.
    @Test
    void aVoteFromTheOtherSideOfARiftSaysWhatItIsAndThatAnOperatorMayDecide() {
        ClusterState state = ledAcrossARift(voted(vacant(), N2, at(200)));
        assertThat(Samples.sync(state).voters()).containsOnlyKeys(N2);
        state = accept(state, new Command.CastVote(N2, new Epoch(3), vote(N2, at(200))));
        assertThat(Election.of(state).why())
                .contains("n2 (its timeline may be another")
                .contains("--allow-data-loss");
    }

    /// An operator has made n1 the leader, in whose data directory somebody had run a primary; it
    /// was announced, and its lease is vacant.
    private static ClusterState ledAcrossARift(ClusterState before) {
        Position strayed =
                new Position(TimelineHistory.startingAt(new TimelineId(7)), new Lsn(900));
        Vote uncertain = new Vote(incarnation(N1), strayed, true);
        ClusterState state = accept(before, new Command.CastVote(N1, NEXT, uncertain));
        state = accept(state, new Command.ForceFailover(N1, NEXT, "dba", 5_000));
        state = accept(state, new Command.Claim(N1, NEXT, uncertain));
        TimelineId granted = state.held().orElseThrow().timeline();
        state =
                accept(
                        state,
                        new Command.Announce(
                                N1,
                                NEXT,
                                incarnation(N1),
                                at(900),
                                at(900).history().then(new Lsn(900), granted),
                                Samples.SYSTEM,
                                6_000));
        return accept(state, new Command.Release(N1, NEXT, "crashed", 7_000));
    }

    @Test
    void anOfferThatNobodyClaimsBurnsItsNumbers() {
        ClusterState state = voted(voted(vacant(), N2, at(200)), N3, at(300));
        state = accept(state, new Command.Expire(N2, NEXT, 0, 5_000));
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(state.votes()).isEmpty();
        state = accept(state, new Command.CastVote(N2, new Epoch(3), vote(N2, at(200))));
        state = accept(state, new Command.CastVote(N3, new Epoch(3), vote(N3, at(200))));
        Lease.Offered offered = (Lease.Offered) state.lease();
        assertThat(offered.epoch()).isEqualTo(new Epoch(3));
        assertThat(offered.timeline().value()).isEqualTo(3);
    }

    private static ClusterState voted(ClusterState state, NodeName node, Position position) {
        return accept(state, new Command.CastVote(node, NEXT, vote(node, position)));
    }

    private static NodeName winner(ClusterState state) {
        assertThat(state.lease()).isInstanceOf(Lease.Offered.class);
        return ((Lease.Offered) state.lease()).to();
    }
}
