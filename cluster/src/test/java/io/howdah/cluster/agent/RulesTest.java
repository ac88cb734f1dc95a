package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.SYSTEM;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.vacant;
import static io.howdah.cluster.state.Samples.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.election.Election;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Samples;
import io.howdah.cluster.state.Switchover;
import io.howdah.cluster.state.Vote;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ServerAddress;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Each row of the two tables of the design ("What the agent does", "Why so fussy") that a node's
/// own rules carry.
class RulesTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);

    // --- PostgreSQL on the primary dies

    @Test
    void leftoversOfADeadPostmasterAreEndedBeforeAnythingElse() {
        assertThat(leader(led(), stopped(N1, true)).next()).isInstanceOf(Act.Kill.class);
        assertThat(member(led(), N2, stopped(N2, true)).next()).isInstanceOf(Act.Kill.class);
    }

    @Test
    void aCrashedPrimaryGivesTheLeaseBackWhenTheVotersAreHealthy() {
        assertThat(leader(led(), stopped(N1, false)).votersHealthy().next())
                .isEqualTo(new Act.Release(FIRST, "PostgreSQL of n1 crashed"));
    }

    @Test
    void aCrashedPrimaryRestartsInPlaceWhenNobodyElseCouldLead() {
        assertThat(leader(led(), stopped(N1, false)).next()).isEqualTo(new Act.StartPrimary());
    }

    // --- restarted or new primary

    @Test
    void aRestartedPrimaryIsOpenedOnlyWhenNothingItShowsCanVanish() {
        assertThat(leader(led(), primary(N1, at(500), false)).next())
                .isEqualTo(new Act.Tend(FIRST));
        assertThat(leader(led(), primary(N1, at(500), false)).mayOpen().next())
                .isEqualTo(new Act.Open());
        assertThat(leader(led(), primary(N1, at(500), true)).mayOpen().next())
                .isEqualTo(new Act.Tend(FIRST));
    }

    /// As after a pause in which its data directory was replaced by a clone of a standby's: it may
    /// lack what was acknowledged, and only an operator may choose it.
    @Test
    void whatLiesInThePlaceOfTheDirectoryThatLeadsIsNotStarted() {
        assertThat(leader(led(), stopped(N2, false)).next())
                .isEqualTo(new Act.Release(FIRST, "data directory of n1 was replaced"));
        assertThat(leader(led(), primary(N2, at(500), true)).mayOpen().next())
                .isInstanceOf(Act.Kill.class);
        assertThat(leader(led(), standby(N2, at(500), Optional.empty())).next())
                .isInstanceOf(Act.Kill.class);
        assertThat(member(led(), N1, primary(N2, at(500), true)).next())
                .isInstanceOf(Act.Kill.class);
        assertThat(member(led(), N1, stopped(N2, false)).next()).isInstanceOf(Act.Release.class);
        assertThat(member(led(), N1, primary(N1, at(500), true)).next())
                .isEqualTo(new Act.TakeOver(FIRST));
    }

    /// The agent that asked for it has ended, and with it the dead man's switch; another leads, or
    /// is about to.
    @Test
    void aPromotionThatIsUnderWayInAnEpochThatIsOverDoesNotComeToItsEnd() {
        LocalStatus promoting =
                new LocalStatus.Standby(
                        SYSTEM,
                        incarnation(N2),
                        Optional.of(at(500)),
                        Optional.empty(),
                        false,
                        0,
                        true,
                        Optional.empty());
        assertThat(promoting.mayAcceptWrites()).isTrue();
        assertThat(member(led(), N2, promoting).next()).isInstanceOf(Act.Kill.class);
        assertThat(member(vacant(), N2, promoting).next()).isInstanceOf(Act.Kill.class);
    }

    /// As with a newer PostgreSQL that somebody installed, or a damaged directory.
    @Test
    void whereTheDirectoryCannotBeUsedNothingOfOursRunsAndOthersLead() {
        LocalStatus runs = new LocalStatus.Unusable("damaged", Optional.empty(), true);
        LocalStatus unusable = new LocalStatus.Unusable("damaged", Optional.empty());
        assertThat(runs.mayAcceptWrites()).isTrue();
        for (Case each :
                List.of(leader(led(), runs), member(led(), N1, runs), member(led(), N2, runs))) {
            assertThat(each.next()).isInstanceOf(Act.Kill.class);
        }
        Act released = new Act.Release(FIRST, "data directory of n1 cannot be used");
        assertThat(leader(led(), unusable).next()).isEqualTo(released);
        assertThat(member(led(), N1, unusable).next()).isEqualTo(released);
        assertThat(member(led(), N2, unusable).next()).isEqualTo(new Act.Refuse("damaged"));
    }

    /// As after a pause in which somebody promoted it: it would be ended and started for ever.
    @Test
    void aLeaderWhoseDataHaveStrayedGivesTheLeaseBack() {
        assertThat(leader(led(), stopped(N1, false)).strayedFromTheFirstTimeline().next())
                .isEqualTo(new Act.Release(FIRST, "data of n1 have strayed"));
    }

    @Test
    void aPrimaryOnAnotherTimelineThanTheGrantedOneIsEnded() {
        assertThat(leader(led(), primary(N1, at(500, 9, 400), true)).next())
                .isInstanceOf(Act.Kill.class);
    }

    // --- any start that is not ours

    @Test
    void aPrimaryWithoutTheLeaseIsEnded() {
        assertThat(member(led(), N2, primary(N2, at(500), true)).next())
                .isInstanceOf(Act.Kill.class);
        assertThat(member(vacant(), N1, primary(N1, at(500), true)).next())
                .isInstanceOf(Act.Kill.class);
    }

    @Test
    void aPrimaryThatDoesNotAnswerAndHasNoLeaseIsEndedToo() {
        LocalStatus hung =
                new LocalStatus.Silent(
                        SYSTEM, incarnation(N2), "too many connections", true, Optional.empty());
        assertThat(member(led(), N2, hung).next()).isInstanceOf(Act.Kill.class);
        LocalStatus starting =
                new LocalStatus.Silent(
                        SYSTEM, incarnation(N2), "starting up", false, Optional.empty());
        assertThat(member(led(), N2, starting).next()).isInstanceOf(Act.Wait.class);
    }

    @Test
    void aPositionIsJudgedOnlyOnceItStandsStill() {
        assertThat(member(announced(), N2, standby(N2, at(250), Optional.of(FIRST))).next())
                .isEqualTo(new Act.CutOff(FIRST));
        LocalStatus perhaps = standby(N2, at(250), Optional.empty()).perhapsFollowing();
        assertThat(member(announced(), N2, perhaps).next()).isEqualTo(new Act.CutOff(Epoch.NONE));
    }

    @Test
    void whatIsStoppedStartsAsAStandbyThatFollowsNobody() {
        assertThat(member(led(), N2, stopped(N2, false)).next())
                .isEqualTo(new Act.StartStandby(Optional.empty()));
    }

    /// n3 leads on timeline 2, which began at 300; n2 was promoted by hand, there too: both
    /// histories say the same.
    @Test
    void dataInWhichSomebodyRanAPrimaryAreCopiedWhateverTheirHistorySays() {
        Position sameNumber = at(320, 2, 300);
        LocalStatus promoted = standby(N2, sameNumber, Optional.empty());
        assertThat(member(announced(), N2, promoted).next()).isInstanceOf(Act.Follow.class);

        assertThat(member(announced(), N2, promoted).strayedFromTheFirstTimeline().next())
                .isInstanceOf(Act.Copy.class);
        assertThat(member(announced(), N2, stopped(N2, false)).strayedFromTheFirstTimeline().next())
                .isInstanceOf(Act.Copy.class);
        LocalStatus starting =
                new LocalStatus.Silent(
                        SYSTEM, incarnation(N2), "starting up", false, Optional.empty());
        assertThat(member(announced(), N2, starting).strayedFromTheFirstTimeline().next())
                .isInstanceOf(Act.Copy.class);
    }

    @Test
    void whoWasPromotedByHandVotesWithItsPartOfTheLineUnderANumberThatNobodyHas() {
        ClusterState saw = accept(vacant(), new Command.SawTimeline(N3, new TimelineId(4)));
        Case strayed =
                member(saw, N2, standby(N2, at(900, 2, 300), Optional.empty()))
                        .strayedFromTheFirstTimeline();
        assertThat(strayed.next()).isEqualTo(new Act.CutAndVote(SECOND));

        Position said = Strays.position(at(900, 2, 300), strayed.situation());
        assertThat(said).isEqualTo(at(900, 5, 300));
        ClusterState voted = accept(saw, new Command.CastVote(N2, SECOND, vote(N2, said)));
        voted = accept(voted, new Command.CastVote(N3, SECOND, vote(N3, at(300))));
        assertThat(voted.lease())
                .isInstanceOfSatisfying(
                        Lease.Offered.class,
                        offered -> {
                            assertThat(offered.to()).isEqualTo(N3);
                            assertThat(offered.timeline()).isEqualTo(new TimelineId(6));
                        });
    }

    /// From where on its WAL is its own is not known, and it may have acknowledged all of it.
    @Test
    void theVoteOfWhatRanAsAPrimaryOnTheStandbysTimelineIsUncertain() {
        assertThat(votesForCertain(vacant(), N2, at(900))).isFalse();
        assertThat(votesForCertain(vacant(), N2, at(900, 2, 300))).isTrue();
    }

    private static boolean votesForCertain(ClusterState state, NodeName node, Position own) {
        LocalStatus.Standby local = standby(node, own, Optional.empty());
        Case strayed = member(state, node, local).strayedFromTheFirstTimeline();
        assertThat(strayed.next()).isInstanceOf(Act.CutAndVote.class);
        return Strays.isCertain(strayed.situation(), local);
    }

    /// Nothing was announced since the adoption: only the adopted primary's vote decides, and the
    /// stray would win over it by what it wrote itself.
    @Test
    void theVoteOfWhoWasPromotedByHandIsUncertainBeforeThereIsALineToHoldItAgainst() {
        ClusterState adopted =
                accept(
                        ClusterState.INITIAL,
                        new Command.Adopt(
                                N1,
                                incarnation(N1),
                                SYSTEM,
                                at(100),
                                new ClusterSettings(
                                        1, "test", 0, false, 0, new TreeMap<>(), List.of()),
                                1_000));
        Position own = at(900, 2, 300);
        assertThat(votesForCertain(adopted, N2, own)).isFalse();
        assertThat(votesForCertain(adopted, N1, own)).isTrue();
    }

    @Test
    void whoWasPromotedByHandAfterItsVoteTakesNoOffer() {
        LocalStatus promoted = standby(N3, at(320, 2, 300), Optional.empty());
        assertThat(member(elected(), N3, promoted).strayedFromTheFirstTimeline().next())
                .isInstanceOf(Act.Wait.class);
    }

    @Test
    void onlyAnOperatorMakesAPrimaryOfDataThatHaveStrayed() {
        Position own = at(900, 2, 300);
        LocalStatus promoted = standby(N2, own, Optional.empty());
        Case strayed = member(vacant(), N2, promoted).strayedFromTheFirstTimeline();
        Position said = Strays.position(own, strayed.situation());
        ClusterState voted = accept(vacant(), new Command.CastVote(N2, SECOND, vote(N2, said)));
        ClusterState forced = accept(voted, new Command.ForceFailover(N2, SECOND, "dba", 5_000));

        Case offered = member(forced, N2, promoted).strayedFromTheFirstTimeline();
        assertThat(offered.next()).isEqualTo(new Act.Claim(SECOND));
        Position claimed = Strays.position(own, offered.situation());
        assertThat(claimed).isEqualTo(said);
        accept(forced, new Command.Claim(N2, SECOND, vote(N2, claimed)));
    }

    /// n2 leads by force what was promoted by hand at 300; n3 has a granted timeline 2 that began
    /// there, too.
    @Test
    void aMemberThatMayBearANumberOfAForcedStrayIsCopied() {
        Position own = at(900, 2, 300);
        ClusterState vacant = accept(vacant(), new Command.SawTimeline(N3, new TimelineId(2)));
        Case strayed =
                member(vacant, N2, standby(N2, own, Optional.empty()))
                        .strayedFromTheFirstTimeline();
        Vote said = vote(N2, Strays.position(own, strayed.situation()));
        ClusterState state = accept(vacant, new Command.CastVote(N2, SECOND, said));
        state = accept(state, new Command.ForceFailover(N2, SECOND, "dba", 5_000));
        state = accept(state, new Command.Claim(N2, SECOND, said));
        TimelineHistory history = own.history().then(own.lsn(), new TimelineId(4));
        state =
                accept(
                        state,
                        new Command.Announce(
                                N2,
                                SECOND,
                                incarnation(N2),
                                Position.beginningOf(history),
                                history,
                                SYSTEM,
                                0));
        assertThat(next(state, at(950, 2, 300))).isInstanceOf(Act.Copy.class);
        assertThat(next(state, at(250))).isInstanceOf(Act.Follow.class);
        assertThat(next(state, at(400))).isInstanceOf(Act.Rejoin.class);
        assertThat(next(state, new Position(history, new Lsn(920)))).isInstanceOf(Act.Follow.class);

        // its own vote, with the incarnation that voted n2 in, decides nothing after that
        state = accept(state, new Command.Expire(N3, SECOND, 0, 0));
        Epoch third = new Epoch(3);
        ClusterState voted =
                accept(state, new Command.CastVote(N3, third, vote(N3, at(950, 2, 300))));
        assertThat(voted.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(Election.of(voted)).isInstanceOf(Election.Verdict.Undecided.class);

        // a later leader has the number in its history, too
        TimelineHistory later = history.then(new Lsn(960), new TimelineId(5));
        state =
                accept(
                        state,
                        new Command.CastVote(
                                N2, third, vote(N2, new Position(history, new Lsn(960)))));
        state =
                accept(
                        state,
                        new Command.Claim(
                                N2, third, vote(N2, new Position(history, new Lsn(960)))));
        state =
                accept(
                        state,
                        new Command.Announce(
                                N2,
                                third,
                                incarnation(N2),
                                Position.beginningOf(later),
                                later,
                                SYSTEM,
                                0));
        assertThat(next(state, at(850, 2, 300))).isInstanceOf(Act.Copy.class);
    }

    private static Act next(ClusterState state, Position position) {
        return member(state, N3, standby(N3, position, Optional.empty())).next();
    }

    @Test
    void aWinnerThatSomebodyElsePromotedIsEnded() {
        ClusterState claimed = accept(elected(), new Command.Claim(N3, SECOND, vote(N3, at(300))));
        Case primary = holder(claimed, N3, SECOND, primary(N3, at(300, 2, 300), true));
        assertThat(primary.next()).isInstanceOf(Act.Announce.class);
        assertThat(primary.strayedFromTheFirstTimeline().next()).isInstanceOf(Act.Kill.class);
    }

    @Test
    void whatRunsWhereThePathLeadsNoMoreIsEndedBeforeTheLeaseIsGivenBack() {
        LocalStatus moved = new LocalStatus.Absent(true);
        assertThat(leader(led(), moved).votersHealthy().next()).isInstanceOf(Act.Kill.class);
        assertThat(member(led(), N1, moved).next()).isInstanceOf(Act.Kill.class);
        assertThat(member(led(), N2, moved).next()).isInstanceOf(Act.Kill.class);
        assertThat(leader(led(), new LocalStatus.Absent()).next()).isInstanceOf(Act.Release.class);
    }

    // --- host or network of the primary lost

    @Test
    void aStandbyCutsItselfOffAndVotesWhenTheLeaseIsVacant() {
        assertThat(member(vacant(), N2, standby(N2, at(300), Optional.of(FIRST))).next())
                .isEqualTo(new Act.CutAndVote(SECOND));
    }

    @Test
    void aStandbyThatHasVotedWaitsAndSaysForWhom() {
        ClusterState voted = accept(vacant(), new Command.CastVote(N2, SECOND, vote(N2, at(300))));
        Act act = member(voted, N2, standby(N2, at(300), Optional.empty())).promised(SECOND).next();
        assertThat(act).isInstanceOf(Act.Wait.class);
        assertThat(act.problem()).contains("n3").contains("n1");
    }

    @Test
    void aVoteIsHeldBackForThoseInBetterShape() {
        Case full = member(vacant(), N2, standby(N2, at(300), Optional.of(FIRST)));
        assertThat(full.holdsVoteBack().next()).isInstanceOf(Act.Wait.class);
    }

    @Test
    void aVoteOfAnEarlierIncarnationIsCastAgain() {
        ClusterState voted = accept(vacant(), new Command.CastVote(N2, SECOND, vote(N3, at(300))));
        assertThat(member(voted, N2, standby(N2, at(300), Optional.empty())).next())
                .isEqualTo(new Act.CutAndVote(SECOND));
    }

    @Test
    void theWinnerClaimsPromotesOnTheGrantedTimelineAndAnnounces() {
        ClusterState offered = elected();
        assertThat(
                        member(offered, N3, standby(N3, at(300), Optional.empty()))
                                .promised(SECOND)
                                .next())
                .isEqualTo(new Act.Claim(SECOND));
        ClusterState claimed = accept(offered, new Command.Claim(N3, SECOND, vote(N3, at(300))));
        assertThat(holder(claimed, N3, SECOND, standby(N3, at(300), Optional.empty())).next())
                .isEqualTo(new Act.Promote(SECOND, new TimelineId(2)));
        assertThat(holder(claimed, N3, SECOND, primary(N3, at(310, 2, 300), false)).next())
                .isEqualTo(new Act.Announce(SECOND));
    }

    @Test
    void aWinnerWhosePromotionFailedGivesTheLeaseBack() {
        ClusterState claimed = accept(elected(), new Command.Claim(N3, SECOND, vote(N3, at(300))));
        assertThat(holder(claimed, N3, SECOND, stopped(N3, false)).next())
                .isInstanceOf(Act.Release.class);
    }

    @Test
    void aWinnerWhoseLeaseRanOutDoesNotPromote() {
        ClusterState claimed = accept(elected(), new Command.Claim(N3, SECOND, vote(N3, at(300))));
        Act act =
                member(claimed, N3, standby(N3, at(300), Optional.empty())).promised(SECOND).next();
        assertThat(act).as("it asks again before it acts").isEqualTo(new Act.TakeOver(SECOND));
    }

    // --- the furthest may not lead

    @Test
    void aVoterBehindANofailoverMemberReceivesWhatItLacksAndVotesAgain() {
        ClusterState state = furthestIsNofailover();
        assertThat(
                        member(state, N2, standby(N2, at(250), Optional.empty()))
                                .promised(SECOND)
                                .next())
                .isEqualTo(new Act.CatchUp(N3, FIRST, at(300)));
        assertThat(
                        member(state, N2, standby(N2, at(299), Optional.of(FIRST)))
                                .promised(SECOND)
                                .next())
                .as("goes on until it is there")
                .isEqualTo(new Act.CatchUp(N3, FIRST, at(300)));
        assertThat(
                        member(state, N2, standby(N2, at(300), Optional.of(FIRST)))
                                .promised(SECOND)
                                .next())
                .as("cuts itself off once more before it votes")
                .isEqualTo(new Act.CutAndVote(SECOND));
    }

    @Test
    void theNofailoverMemberItselfWaits() {
        Act act =
                member(furthestIsNofailover(), N3, standby(N3, at(300), Optional.empty()))
                        .promised(SECOND)
                        .next();
        assertThat(act).isInstanceOf(Act.Wait.class);
        assertThat(act.problem()).contains("n2").contains("nofailover");
    }

    @Test
    void nobodyReceivesFromAnotherBeforeItHasVotedItself() {
        assertThat(
                        member(furthestIsNofailover(), N1, standby(N1, at(200), Optional.of(FIRST)))
                                .next())
                .isEqualTo(new Act.CutAndVote(SECOND));
    }

    @Test
    void whoStillReceivesFromANofailoverMemberIsCutOffBeforeItIsJudged() {
        assertThat(member(announced(), N2, standby(N2, at(250), Optional.of(FIRST))).next())
                .isEqualTo(new Act.CutOff(FIRST));
    }

    private static ClusterState furthestIsNofailover() {
        ClusterState state =
                accept(
                        vacant(),
                        new Command.Report(N3, Samples.member(N3, new Member.Tags(true, 1, ""))));
        state = accept(state, new Command.CastVote(N2, SECOND, vote(N2, at(250))));
        return accept(state, new Command.CastVote(N3, SECOND, vote(N3, at(300))));
    }

    // --- taken out of the cluster

    @Test
    void aMemberThatWasTakenOutIsStoppedAndStaysSo() {
        ClusterState state = accept(led(), new Command.Remove(N3, "dba"));
        assertThat(member(state, N3, standby(N3, at(200), Optional.of(FIRST))).next())
                .as("as long as its vote counts it goes on")
                .isInstanceOf(Act.Wait.class);
        state = accept(state, new Command.SetVoters(N1, FIRST, 1, Samples.voters(N2), 1));
        state = accept(state, new Command.Forget(N3, "n3-old", 9_000));
        assertThat(member(state, N3, standby(N3, at(200), Optional.of(FIRST))).next())
                .isInstanceOf(Act.Kill.class);
        Act act = member(state, N3, stopped(N3, false)).next();
        assertThat(act).isInstanceOf(Act.Refuse.class);
        assertThat(act.problem()).contains("taken out").contains("HINT: ");
    }

    // --- attach check

    @Test
    void aMemberFollowsOnlyAnAnnouncedLeader() {
        ClusterState claimed = accept(elected(), new Command.Claim(N3, SECOND, vote(N3, at(300))));
        assertThat(member(claimed, N2, standby(N2, at(250), Optional.empty())).next())
                .isInstanceOf(Act.Wait.class);
        assertThat(member(announced(), N2, standby(N2, at(250), Optional.empty())).next())
                .isInstanceOf(Act.Follow.class);
    }

    /// The first commits of the new leader wait until somebody follows it.
    @Test
    void aMemberLeavesTheLeaderBeforeAsSoonAsAnotherIsToLead() {
        ClusterState offered = elected();
        ClusterState claimed = accept(offered, new Command.Claim(N3, SECOND, vote(N3, at(300))));
        LocalStatus streaming = standby(N2, at(250), Optional.of(FIRST));

        assertThat(member(offered, N2, streaming).next()).isEqualTo(new Act.CutOff(FIRST));
        assertThat(member(claimed, N2, streaming).next()).isEqualTo(new Act.CutOff(FIRST));
        assertThat(member(offered, N2, standby(N2, at(250), Optional.empty())).next())
                .isInstanceOf(Act.Wait.class);
    }

    @Test
    void aFollowerAheadOnADeadBranchIsRewoundOrCopiedFirst() {
        assertThat(member(announced(), N2, standby(N2, at(301), Optional.empty())).next())
                .isInstanceOf(Act.Rejoin.class);
        assertThat(member(announced(), N2, standby(N2, at(200, 7, 150), Optional.empty())).next())
                .isInstanceOf(Act.Rejoin.class);
    }

    @Test
    void anUnfinishedRecordThatTheLeaderHeldTooIsNoDeadBranch() {
        // n3 claimed with 308, of which 300 to 308 were the beginning of a record
        ClusterState state = announced(308);
        assertThat(member(state, N2, behindReplay(at(308), 8)).next())
                .isInstanceOf(Act.Follow.class);
        assertThat(member(state, N2, behindReplay(at(304), 4)).next())
                .isInstanceOf(Act.Follow.class);
    }

    @Test
    void moreThanTheLeaderHeldMayBeWholeRecordsOfADeadBranch() {
        assertThat(member(announced(308), N2, behindReplay(at(309), 9)).next())
                .isInstanceOf(Act.Rejoin.class);
    }

    @Test
    void aLeaderThatListensElsewhereIsFollowedThere() {
        ServerAddress.Tcp there = new ServerAddress.Tcp("127.0.0.1", 6520);
        ServerAddress.Tcp elsewhere = new ServerAddress.Tcp("127.0.0.9", 6520);

        assertThat(member(announced(), N2, followingAt(there, false)).next())
                .isInstanceOf(Act.Wait.class);
        assertThat(member(announced(), N2, followingAt(elsewhere, false)).next())
                .isEqualTo(new Act.CutOff(SECOND));
        // its PostgreSQL has not been restarted yet
        assertThat(member(announced(), N2, followingAt(elsewhere, true)).next())
                .isInstanceOf(Act.Wait.class);
    }

    private static LocalStatus followingAt(ServerAddress.Tcp address, boolean receiving) {
        return new LocalStatus.Standby(
                SYSTEM,
                incarnation(N2),
                Optional.of(at(250)),
                Optional.of(SECOND),
                receiving,
                0,
                false,
                Optional.of(address));
    }

    @Test
    void whoLeavesADeadBranchSaysWhichWalIsDropped() {
        assertThat(
                        member(announced(), N2, standby(N2, at(301), Optional.empty()))
                                .next()
                                .describe())
                .contains("its WAL from " + new Lsn(300) + " to " + new Lsn(301))
                .contains("is dropped");
    }

    @Test
    void whatWasReplayedPastTheSwitchPointIsADeadBranchWhateverTheLeaderHeld() {
        assertThat(member(announced(308), N2, behindReplay(at(308), 7)).next())
                .isInstanceOf(Act.Rejoin.class);
    }

    @Test
    void unfinishedRecordsOfAnotherTimelineAreADeadBranch() {
        assertThat(member(announced(308), N2, behindReplay(at(305, 7, 150), 100)).next())
                .isInstanceOf(Act.Rejoin.class);
    }

    @Test
    void aMemberThatVotedForALaterEpochFollowsNobodyBelowIt() {
        Act act =
                member(announced(), N2, standby(N2, at(250), Optional.empty()))
                        .promised(new Epoch(3))
                        .next();
        assertThat(act).isInstanceOf(Act.Wait.class);
    }

    @Test
    void aMemberWhosePositionIsNotKnownYetWaits() {
        assertThat(member(announced(), N2, unknownPosition(N2)).next())
                .isInstanceOf(Act.Wait.class);
    }

    // --- old primary returns; standby too far behind

    @Test
    void aNodeWithoutDataCopiesTheLeader() {
        assertThat(member(led(), N2, new LocalStatus.Absent()).next()).isInstanceOf(Act.Copy.class);
    }

    @Test
    void aStandbyThatLostTouchIsCopiedAnew() {
        assertThat(member(led(), N2, standby(N2, at(200), Optional.of(FIRST))).lostTouch().next())
                .isInstanceOf(Act.Copy.class);
        assertThat(member(led(), N2, standby(N2, at(200), Optional.of(FIRST))).next())
                .isInstanceOf(Act.Wait.class);
    }

    @Test
    void aRewoundStandbyFollowsItsSourceFromTheStartAndNobodyElse() {
        LocalStatus rewound =
                new LocalStatus.Stopped(SYSTEM, incarnation(N1), false, Optional.of(SECOND));
        Act act = member(announced(), N1, rewound).next();
        assertThat(act).isInstanceOf(Act.StartStandby.class);
        assertThat(((Act.StartStandby) act).rewoundTo()).isPresent();
        LocalStatus forAnother =
                new LocalStatus.Silent(
                        SYSTEM, incarnation(N1), "starting", false, Optional.of(FIRST));
        assertThat(member(announced(), N1, forAnother).next()).isInstanceOf(Act.Copy.class);
    }

    // --- the agent was restarted

    @Test
    void anAgentRestartedInTimeTakesItsPrimaryOver() {
        assertThat(member(led(), N1, primary(N1, at(500), true)).next())
                .isEqualTo(new Act.TakeOver(FIRST));
    }

    @Test
    void anAgentRestartedBesideADeadPrimaryGivesTheLeaseBack() {
        assertThat(member(led(), N1, stopped(N1, false)).next()).isInstanceOf(Act.Release.class);
    }

    // --- switchover

    @Test
    void anOpenPrimaryHandsOverWhenAsked() {
        Switchover request = new Switchover(FIRST, N2);
        ClusterState asked = accept(led(), new Command.RequestSwitchover(request));
        assertThat(leader(asked, primary(N1, at(500), true)).next())
                .isEqualTo(new Act.HandOver(request));
    }

    @Test
    void aSwitchoverThatStoppedHalfwayEndsInAnElection() {
        ClusterState asked =
                accept(led(), new Command.RequestSwitchover(new Switchover(FIRST, N2)));
        assertThat(leader(asked, stopped(N1, false)).next()).isInstanceOf(Act.Release.class);
    }

    // --- what an operator asks of one node

    @Test
    void aReplicaRestartsWhenAsked() {
        LocalStatus streaming = standby(N2, at(250), Optional.of(FIRST));
        assertThat(member(led(), N2, streaming).asked(LocalRequest.RESTART).next())
                .isEqualTo(new Act.Restart(false));
    }

    @Test
    void aPrimaryIsRestartedInPlaceOnlyWhenNobodyElseCouldLead() {
        LocalStatus primary = primary(N1, at(500), true);
        assertThat(leader(led(), primary).asked(LocalRequest.RESTART).next())
                .isInstanceOf(Act.Decline.class);
        ClusterState alone =
                accept(led(), new Command.SetVoters(N1, FIRST, 1, Samples.voters(), 0));
        assertThat(leader(alone, primary).asked(LocalRequest.RESTART).next())
                .isEqualTo(new Act.Restart(true));
        assertThat(leader(alone, stopped(N1, false)).next()).isEqualTo(new Act.StartPrimary());
    }

    @Test
    void aPrimaryRestartedInPlaceComesBackAsOneThoughOthersCouldLead() {
        LocalRequest inPlace = LocalRequest.RESTART_IN_PLACE;
        assertThat(leader(led(), primary(N1, at(500), true)).asked(inPlace).next())
                .isEqualTo(new Act.Restart(true));
        assertThat(leader(led(), stopped(N1, false)).asked(inPlace).next())
                .isEqualTo(new Act.StartPrimary());
    }

    @Test
    void aPrimaryThatIsNotOpenYetIsNotRestarted() {
        assertThat(leader(led(), primary(N1, at(500), false)).asked(LocalRequest.RESTART).next())
                .isEqualTo(new Act.Tend(FIRST));
    }

    @Test
    void aSwitchoverGoesBeforeARestart() {
        Switchover request = new Switchover(FIRST, N2);
        ClusterState asked = accept(led(), new Command.RequestSwitchover(request));
        assertThat(leader(asked, primary(N1, at(500), true)).asked(LocalRequest.RESTART).next())
                .isEqualTo(new Act.HandOver(request));
    }

    @Test
    void aPrimaryIsNeverCopiedAnew() {
        assertThat(
                        leader(led(), primary(N1, at(500), true))
                                .asked(LocalRequest.REINITIALISE)
                                .next())
                .isInstanceOf(Act.Decline.class);
    }

    @Test
    void aVoterStopsConfirmingAndWaitsUntilNobodyCountsOnItBeforeItIsCopiedAnew() {
        LocalStatus streaming = standby(N2, at(250), Optional.of(FIRST));
        assertThat(member(led(), N2, streaming).asked(LocalRequest.REINITIALISE).next())
                .isEqualTo(new Act.CutOff(FIRST));
        LocalStatus cut = standby(N2, at(250), Optional.empty());
        assertThat(member(led(), N2, cut).asked(LocalRequest.REINITIALISE).next())
                .isInstanceOf(Act.Wait.class);
        ClusterState without =
                accept(led(), new Command.SetVoters(N1, FIRST, 1, Samples.voters(N3), 1));
        assertThat(member(without, N2, cut).asked(LocalRequest.REINITIALISE).next())
                .isInstanceOf(Act.Copy.class);
    }

    /// It would be cut off, and every commit would wait until the request is given up.
    @Test
    void theOnlyStandbyThatStrictCommitsWaitForIsNotCopiedAnew() {
        ClusterState alone =
                accept(led(), new Command.SetVoters(N1, FIRST, 1, Samples.voters(N2), 1));
        for (Optional<Epoch> following : List.of(Optional.of(FIRST), Optional.<Epoch>empty())) {
            LocalStatus standby = standby(N2, at(250), following);
            assertThat(
                            member(durable(alone, true), N2, standby)
                                    .asked(LocalRequest.REINITIALISE)
                                    .next())
                    .isInstanceOf(Act.Decline.class);
            assertThat(
                            member(durable(alone, false), N2, standby)
                                    .asked(LocalRequest.REINITIALISE)
                                    .next())
                    .isNotInstanceOf(Act.Decline.class);
            assertThat(
                            member(durable(led(), true), N2, standby)
                                    .asked(LocalRequest.REINITIALISE)
                                    .next())
                    .isNotInstanceOf(Act.Decline.class);
        }
    }

    private static ClusterState durable(ClusterState state, boolean strict) {
        return accept(
                state,
                new Command.BeginSettings(
                        N1,
                        FIRST,
                        new ClusterSettings(1, "test", 0, strict, 0, new TreeMap<>(), List.of())));
    }

    @Test
    void anElectionGoesBeforeWhatAnOperatorAsksOfOneNode() {
        LocalStatus cut = standby(N2, at(250), Optional.empty());
        for (LocalRequest request : LocalRequest.values()) {
            assertThat(member(vacant(), N2, cut).asked(request).next())
                    .isEqualTo(new Act.CutAndVote(SECOND));
        }
    }

    // --- bootstrap

    @Test
    void anEmptyNodeOfANewClusterAsksToInitialiseIt() {
        assertThat(member(ClusterState.INITIAL, N1, new LocalStatus.Absent()).next())
                .isEqualTo(new Act.ProposeInitialise());
    }

    @Test
    void anEmptyStoreBesideANonEmptyDataDirectoryBootstrapsNothing() {
        assertThat(member(ClusterState.INITIAL, N1, stopped(N1, false)).next())
                .isInstanceOf(Act.Refuse.class);
    }

    @Test
    void dataOfAnotherClusterAreRefusedAndLeftAlone() {
        LocalStatus foreign =
                new LocalStatus.Stopped(new SystemId(42), incarnation(N2), false, Optional.empty());
        Act act = member(led(), N2, foreign).next();
        assertThat(act).isInstanceOf(Act.Refuse.class);
        assertThat(act.problem()).contains("42").contains("HINT: ");
    }

    private static ClusterState elected() {
        ClusterState voted = accept(vacant(), new Command.CastVote(N2, SECOND, vote(N2, at(250))));
        return accept(voted, new Command.CastVote(N3, SECOND, vote(N3, at(300))));
    }

    private static LocalStatus behindReplay(Position position, long notReplayedBytes) {
        return new LocalStatus.Standby(
                SYSTEM,
                incarnation(N2),
                Optional.of(position),
                Optional.empty(),
                true,
                notReplayedBytes);
    }

    /// n3 leads epoch 2 on timeline 2, which left timeline 1 at 300.
    private static ClusterState announced() {
        return announced(300);
    }

    private static ClusterState announced(long claimedUpTo) {
        ClusterState claimed =
                accept(elected(), new Command.Claim(N3, SECOND, vote(N3, at(claimedUpTo))));
        Position base = at(300, 2, 300);
        return accept(
                claimed,
                new Command.Announce(
                        N3, SECOND, incarnation(N3), base, base.history(), SYSTEM, 9_000));
    }

    private static LocalStatus stopped(NodeName node, boolean leftovers) {
        return new LocalStatus.Stopped(SYSTEM, incarnation(node), leftovers, Optional.empty());
    }

    private static LocalStatus primary(NodeName node, Position position, boolean open) {
        return new LocalStatus.Primary(SYSTEM, incarnation(node), position, open);
    }

    private static LocalStatus.Standby standby(
            NodeName node, Position position, Optional<Epoch> following) {
        return new LocalStatus.Standby(
                SYSTEM, incarnation(node), Optional.of(position), following, true, 0);
    }

    private static LocalStatus unknownPosition(NodeName node) {
        return new LocalStatus.Standby(
                SYSTEM, incarnation(node), Optional.empty(), Optional.empty(), false, 0);
    }

    private static Case leader(ClusterState state, LocalStatus local) {
        return holder(state, N1, FIRST, local);
    }

    private static Case holder(ClusterState state, NodeName node, Epoch epoch, LocalStatus local) {
        return new Case(state, node, Optional.of(epoch), local);
    }

    private static Case member(ClusterState state, NodeName node, LocalStatus local) {
        return new Case(state, node, Optional.empty(), local);
    }

    /// A situation under construction.
    private static final class Case {

        private final ClusterState state;
        private final NodeName node;
        private final Optional<Epoch> held;
        private final LocalStatus local;
        private Epoch promised = Epoch.NONE;
        private boolean votersHealthy;
        private boolean mayOpen;
        private boolean lostTouch;
        private boolean holdsVoteBack;
        private Optional<TimelineId> strayedFrom = Optional.empty();
        private @Nullable LocalRequest request;

        Case(ClusterState state, NodeName node, Optional<Epoch> held, LocalStatus local) {
            this.state = state;
            this.node = node;
            this.held = held;
            this.local = local;
        }

        Case promised(Epoch epoch) {
            promised = epoch;
            return this;
        }

        Case votersHealthy() {
            votersHealthy = true;
            return this;
        }

        Case mayOpen() {
            mayOpen = true;
            return this;
        }

        Case lostTouch() {
            lostTouch = true;
            return this;
        }

        Case holdsVoteBack() {
            holdsVoteBack = true;
            return this;
        }

        Case strayedFromTheFirstTimeline() {
            strayedFrom = Optional.of(TimelineId.FIRST);
            return this;
        }

        Case asked(LocalRequest asked) {
            request = asked;
            return this;
        }

        Act next() {
            return Rules.next(situation());
        }

        Situation situation() {
            return new Situation(
                    node,
                    state,
                    held,
                    local,
                    promised,
                    false,
                    votersHealthy,
                    mayOpen,
                    lostTouch,
                    Optional.ofNullable(request),
                    Adopting.NONE,
                    holdsVoteBack,
                    strayedFrom);
        }
    }
}
