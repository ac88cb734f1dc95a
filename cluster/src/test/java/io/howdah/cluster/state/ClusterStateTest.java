package io.howdah.cluster.state;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.SYSTEM;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.refusal;
import static io.howdah.cluster.state.Samples.vacant;
import static io.howdah.cluster.state.Samples.vote;
import static io.howdah.cluster.state.Samples.voters;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClusterStateTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);

    @Test
    void onlyOneNodeInitialisesTheCluster() {
        ClusterState state = accept(ClusterState.INITIAL, new Command.Initialise(N1, 0));
        assertThat(refusal(state, new Command.Initialise(N2, 0))).contains("another node");
        assertThat(refusal(led(), new Command.Initialise(N2, 0))).contains(SYSTEM.toString());
    }

    @Test
    void anInitialisationThatDiedIsTakenOverByAnother() {
        ClusterState state = accept(ClusterState.INITIAL, new Command.Initialise(N1, 0));
        state = accept(state, new Command.Expire(N2, FIRST, 0, 0));
        state = accept(state, new Command.Initialise(N2, 0));
        assertThat(((Lease.Offered) state.lease()).to()).isEqualTo(N2);
        assertThat(((Lease.Offered) state.lease()).epoch()).isEqualTo(SECOND);
    }

    @Test
    void furloughIsARenewalThatLastsLongerAndTheNextAgentEndsIt() {
        ClusterState resting = accept(led(), new Command.Furlough(N1, FIRST, 20_000, 0));
        assertThat(resting.held().orElseThrow().graceMillis()).isEqualTo(20_000);
        assertThat(resting.held().orElseThrow().renewals()).isEqualTo(1);
        assertThat(refusal(resting, new Command.Expire(N2, FIRST, 0, 0))).contains("renewed");
        ClusterState back = accept(resting, new Command.Renew(N1, FIRST, 0, 1));
        assertThat(back.held().orElseThrow().graceMillis()).isZero();
    }

    @Test
    void furloughIsForTheHolderAndBounded() {
        assertThat(refusal(led(), new Command.Furlough(N2, FIRST, 20_000, 0))).contains("not held");
        assertThat(refusal(led(), new Command.Furlough(N1, SECOND, 20_000, 0)))
                .contains("not held");
        assertThat(refusal(led(), new Command.Furlough(N1, FIRST, 60_001, 0))).contains("60001");
        assertThat(refusal(led(), new Command.Furlough(N1, FIRST, -1, 0))).contains("-1");
        assertThat(refusal(vacant(), new Command.Furlough(N1, FIRST, 20_000, 0)))
                .contains("not held");
    }

    @Test
    void aRenewalMakesAnExpiryThatDidNotSeeItVoid() {
        ClusterState renewed = accept(led(), new Command.Renew(N1, FIRST, 0, 0));
        assertThat(refusal(renewed, new Command.Expire(N2, FIRST, 0, 0))).contains("renewed");
        assertThat(accept(renewed, new Command.Expire(N2, FIRST, 1, 0)).lease())
                .isInstanceOf(Lease.Vacant.class);
    }

    @Test
    void aPausedWinnerCannotActOnAnOfferThatExpired() {
        ClusterState offered =
                accept(vacant(), new Command.CastVote(N1, SECOND, vote(N1, at(200))));
        ClusterState expired = accept(offered, new Command.Expire(N2, SECOND, 0, 0));
        assertThat(refusal(expired, new Command.Claim(N1, SECOND, vote(N1, at(200)))))
                .contains("not on offer");
    }

    @Test
    void anExpiryOfAnOfferDoesNotEndTheEpochThatWasClaimedMeanwhile() {
        ClusterState offered =
                accept(vacant(), new Command.CastVote(N1, SECOND, vote(N1, at(200))));
        ClusterState held = accept(offered, new Command.Claim(N1, SECOND, vote(N1, at(200))));
        Command late = new Command.Expire(N2, SECOND, Command.Expire.UNCLAIMED, 0);
        assertThat(refusal(held, late)).contains("renewed");
        held = accept(held, new Command.Renew(N1, SECOND, 0, 0));
        assertThat(refusal(held, late)).contains("renewed");
        assertThat(accept(offered, late).lease()).isInstanceOf(Lease.Vacant.class);
    }

    @Test
    void whatAnEarlierLeaderSaysChangesNothing() {
        ClusterState gone = vacant();
        assertThat(
                        List.of(
                                refusal(gone, new Command.Renew(N1, FIRST, 0, 0)),
                                refusal(gone, new Command.Release(N1, FIRST, "late", 0)),
                                refusal(gone, new Command.SetVoters(N1, FIRST, 1, voters(), 0)),
                                refusal(
                                        gone,
                                        new Command.HandOver(N1, FIRST, N2, at(1), "late", 0))))
                .allMatch(why -> why.contains("not held by n1"));
    }

    @Test
    void aVoteForAnotherEpochDoesNotCount() {
        assertThat(refusal(vacant(), new Command.CastVote(N2, new Epoch(5), vote(N2, at(1)))))
                .contains("epoch 2");
        assertThat(refusal(led(), new Command.CastVote(N2, SECOND, vote(N2, at(1)))))
                .contains("no election");
    }

    @Test
    void aChangeOfVotersThatComesLateIsVoid() {
        Command late = new Command.SetVoters(N1, FIRST, 1, voters(N2), 1);
        ClusterState settled =
                accept(led(), new Command.SetVoters(N1, FIRST, 1, voters(N2, N3), 1));
        assertThat(refusal(settled, late)).contains("have changed");
    }

    @Test
    void whoeverClaimsMustHoldWhatTheLastEpochBeganWith() {
        ClusterState handed =
                accept(led(), new Command.HandOver(N1, FIRST, N2, at(500), "switchover", 0));
        assertThat(refusal(handed, new Command.Claim(N2, SECOND, vote(N2, at(499)))))
                .contains("does not contain");
        ClusterState claimed = accept(handed, new Command.Claim(N2, SECOND, vote(N2, at(500))));
        assertThat(claimed.isHeldBy(N2, SECOND)).isTrue();
        assertThat(Samples.sync(claimed).voters()).containsOnlyKeys(N3);
    }

    @Test
    void whoeverWasElectedClaimsWithTheCopyThatVoted() {
        ClusterState offered =
                accept(vacant(), new Command.CastVote(N1, SECOND, vote(N1, at(200))));
        Vote other = new Vote(new Incarnation("0ddba115"), at(200));

        assertThat(refusal(offered, new Command.Claim(N1, SECOND, other)))
                .contains("won with its copy");
    }

    @Test
    void afterAHandOverThatNobodyTakesTheOldPrimaryAloneCountsForAll() {
        ClusterState handed =
                accept(led(), new Command.HandOver(N1, FIRST, N2, at(500), "switchover", 0));
        ClusterState expired = accept(handed, new Command.Expire(N3, SECOND, 0, 0));
        ClusterState voted =
                accept(expired, new Command.CastVote(N1, new Epoch(3), vote(N1, at(500))));
        assertThat(((Lease.Offered) voted.lease()).to()).isEqualTo(N1);
    }

    @Test
    void theLastVoterHandingOverLeavesTheOldLeaderAsVoter() {
        ClusterState two = accept(led(), new Command.SetVoters(N1, FIRST, 1, voters(N2), 1));
        ClusterState handed =
                accept(two, new Command.HandOver(N1, FIRST, N2, at(500), "switchover", 0));
        ClusterState claimed = accept(handed, new Command.Claim(N2, SECOND, vote(N2, at(500))));
        assertThat(Samples.sync(claimed).voters()).containsOnlyKeys(N1);
    }

    @Test
    void aPromotionToAnotherTimelineThanTheGrantedOneIsNotAnnounced() {
        ClusterState offered =
                accept(vacant(), new Command.CastVote(N1, SECOND, vote(N1, at(200))));
        ClusterState held = accept(offered, new Command.Claim(N1, SECOND, vote(N1, at(200))));
        Position wrong = at(200, 9, 200);
        assertThat(
                        refusal(
                                held,
                                new Command.Announce(
                                        N1,
                                        SECOND,
                                        incarnation(N1),
                                        wrong,
                                        wrong.history(),
                                        SYSTEM,
                                        0)))
                .contains("granted timeline 2");
        Position right = at(200, 2, 200);
        Command announce =
                new Command.Announce(
                        N1, SECOND, incarnation(N1), right, right.history(), SYSTEM, 4_500);
        ClusterState announced = accept(held, announce);
        assertThat(Samples.sync(announced).base()).isEqualTo(right);
        assertThat(announced.currentLeader()).isPresent();
        assertThat(announced.history().getLast().outageMillis()).isEqualTo(1_500);
        assertThat(announced.history().getLast().reason()).isEqualTo("crashed");
        assertThat(refusal(announced, announce)).contains("already");
    }

    @Test
    void dataOfAnotherClusterAreNotAnnounced() {
        ClusterState offered =
                accept(vacant(), new Command.CastVote(N1, SECOND, vote(N1, at(200))));
        ClusterState held = accept(offered, new Command.Claim(N1, SECOND, vote(N1, at(200))));
        Position right = at(200, 2, 200);
        assertThat(
                        refusal(
                                held,
                                new Command.Announce(
                                        N1,
                                        SECOND,
                                        incarnation(N1),
                                        right,
                                        right.history(),
                                        new SystemId(1),
                                        0)))
                .contains("system identifier");
    }

    @Test
    void aForcedFailoverTakesTheChosenPositionForGranted() {
        ClusterState voted = accept(vacant(), new Command.CastVote(N2, SECOND, vote(N2, at(50))));
        assertThat(voted.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(refusal(voted, new Command.ForceFailover(N3, SECOND, "dba", 0)))
                .contains("has not voted");
        ClusterState forced = accept(voted, new Command.ForceFailover(N2, SECOND, "dba", 0));
        ClusterState claimed = accept(forced, new Command.Claim(N2, SECOND, vote(N2, at(50))));
        assertThat(claimed.isHeldBy(N2, SECOND)).isTrue();
        assertThat(claimed.held().orElseThrow().reason()).contains("dba").contains("data loss");
    }

    @Test
    void whyALeaderGaveASwitchoverUpIsKeptUntilAnotherIsAskedFor() {
        Switchover toN2 = new Switchover(FIRST, N2);
        ClusterState state = accept(led(), new Command.RequestSwitchover(toN2));
        state = accept(state, new Command.CancelSwitchover(N1, toN2, "no checkpoint", 7));
        assertThat(state.switchover()).isNull();
        assertThat(state.cancelled()).isEqualTo(new Switchover.Cancelled(toN2, "no checkpoint"));
        assertThat(refusal(state, new Command.CancelSwitchover(N1, toN2, "once more", 8)))
                .contains("under way");
        assertThat(state.cancelled()).isEqualTo(new Switchover.Cancelled(toN2, "no checkpoint"));
        state = accept(state, new Command.RequestSwitchover(toN2));
        assertThat(state.cancelled()).isNull();
    }

    @Test
    void aSwitchoverToNobodyKnownOrTheLeaderItselfIsRefused() {
        assertThat(
                        refusal(
                                led(),
                                new Command.RequestSwitchover(
                                        new Switchover(FIRST, new NodeName("n9")))))
                .contains("no member n9");
        assertThat(refusal(led(), new Command.RequestSwitchover(new Switchover(FIRST, N1))))
                .contains("primary already");
        ClusterState asked =
                accept(led(), new Command.RequestSwitchover(new Switchover(FIRST, N2)));
        assertThat(refusal(asked, new Command.RequestSwitchover(new Switchover(FIRST, N3))))
                .contains("under way");
    }

    @Test
    void theStateSurvivesItsOwnEncoding() {
        ClusterDocument document = new ClusterDocument();
        ClusterState voted =
                accept(vacant(), new Command.CastVote(N2, SECOND, vote(N2, at(300, 2, 200))));
        for (ClusterState state : List.of(ClusterState.INITIAL, led(), vacant(), voted)) {
            assertThat(document.decodeState(document.encodeState(state))).isEqualTo(state);
        }
    }

    @Test
    void whatAnEarlierVersionDidNotKnowHasItsDefault() {
        ClusterDocument document = new ClusterDocument();
        String text = new String(document.encodeState(led()), UTF_8);
        String earlier =
                text.replace(",\"nosync\":false", "")
                        .replace(",\"clonefrom\":false", "")
                        .replace("\"clonefrom\":false,", "")
                        .replace("\"claimed\":null,", "")
                        .replace(",\"claimed\":null", "");
        assertThat(earlier).doesNotContain("nosync", "clonefrom", "claimed");
        assertThat(document.decodeState(earlier.getBytes(UTF_8))).isEqualTo(led());
    }

    @Test
    void everyCommandSurvivesItsOwnEncoding() {
        ClusterDocument document = new ClusterDocument();
        var settings = new ClusterSettings(1, "dba", 5, true, 2, new TreeMap<>(), List.of("a"));
        var plan = new PlannedSwitchover(null, 9, "dba", 5);
        List<Command> commands =
                List.of(
                        new Command.Report(N1, Samples.member(N1)),
                        new Command.Report(N1, Samples.member(N1), "n1-abc"),
                        new Command.Remove(N1, "dba"),
                        new Command.Forget(N1, "n1-abc", 9_000),
                        new Command.CancelRemove(N1),
                        new Command.Initialise(N1, 5),
                        new Command.Adopt(N1, incarnation(N1), SYSTEM, at(7, 3, 5), settings, 5),
                        new Command.CastVote(N1, FIRST, vote(N1, at(7, 3, 5))),
                        new Command.Claim(N1, FIRST, null),
                        new Command.Claim(N1, FIRST, vote(N1, at(7))),
                        new Command.Renew(N1, FIRST, 5, 0),
                        new Command.Furlough(N1, FIRST, 20_000, 5),
                        new Command.Expire(N1, FIRST, 9, 5),
                        new Command.Release(N1, FIRST, "why", 5),
                        new Command.HandOver(N1, FIRST, N2, at(7), "why", 5),
                        new Command.Announce(
                                N1, FIRST, incarnation(N1), at(7), at(7).history(), SYSTEM, 5),
                        new Command.SetVoters(N1, FIRST, 4, voters(N2, N3), 1),
                        new Command.RequestSwitchover(new Switchover(FIRST, null)),
                        new Command.CancelSwitchover(N1, new Switchover(FIRST, N2), "why", 5),
                        new Command.Elect(N2, FIRST, "operator"),
                        new Command.ForceFailover(N1, FIRST, "dba", 5),
                        new Command.Suspend(new Pause("dba", "why", 5)),
                        new Command.Resume("dba", 5),
                        new Command.SawTimeline(N1, new TimelineId(4)),
                        new Command.BeginSettings(N1, FIRST, settings),
                        new Command.ChangeSettings(settings),
                        new Command.PlanSwitchover(plan),
                        new Command.DropPlan(new PlannedSwitchover.Dropped(plan, "why", 6)),
                        new Command.BeginPlanned(N1, FIRST, plan));
        assertThat(commands.stream().map(Object::getClass).distinct())
                .as("a command is missing here")
                .hasSize((int) kinds(Command.class).count());
        for (Command command : commands) {
            assertThat(document.decodeCommand(document.encodeCommand(command))).isEqualTo(command);
        }
    }

    private static Stream<Class<?>> kinds(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(kind -> kind.isSealed() ? kinds(kind) : Stream.of(kind));
    }
}
