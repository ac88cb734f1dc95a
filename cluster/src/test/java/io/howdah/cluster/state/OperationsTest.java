package io.howdah.cluster.state;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.refusal;
import static io.howdah.cluster.state.Samples.vacant;
import static io.howdah.cluster.state.Samples.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.election.Election;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What operators ask of the cluster as a whole.
class OperationsTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);

    // --- pause

    @Test
    void whoPausedAndWhyIsKept() {
        assertThat(paused(led()).paused()).isEqualTo(new Pause("dba", "new disks", 5_000));
        assertThat(refusal(paused(led()), new Command.Suspend(new Pause("other", "", 0))))
                .contains("dba");
    }

    @Test
    void inAPauseNoLeaseExpires() {
        assertThat(refusal(paused(led()), new Command.Expire(N2, FIRST, 0, 0))).contains("paused");
    }

    @Test
    void inAPauseNobodyIsElected() {
        ClusterState paused = paused(vacant());
        assertThat(refusal(paused, new Command.CastVote(N2, SECOND, vote(N2, at(300)))))
                .contains("paused");
        assertThat(refusal(paused, new Command.ForceFailover(N2, SECOND, "dba", 0)))
                .contains("paused");
    }

    @Test
    void inAPauseNobodyHandsOver() {
        assertThat(refusal(paused(led()), new Command.RequestSwitchover(new Switchover(FIRST, N2))))
                .contains("paused");
    }

    @Test
    void theHolderGoesOnRenewingAndNamingItsVotersInAPause() {
        ClusterState renewed = accept(paused(led()), new Command.Renew(N1, FIRST, 9, 0));
        accept(renewed, new Command.SetVoters(N1, FIRST, 1, new TreeMap<>(), 0));
    }

    @Test
    void aChangeOfPrimaryUnderWayIsNotFrozenHalfway() {
        ClusterState offered =
                accept(vacant(), new Command.CastVote(N1, SECOND, vote(N1, at(200))));
        assertThat(refusal(offered, suspend())).contains("under way");
        ClusterState claimed = accept(offered, new Command.Claim(N1, SECOND, vote(N1, at(200))));
        assertThat(refusal(claimed, suspend())).contains("under way");
        ClusterState asked =
                accept(led(), new Command.RequestSwitchover(new Switchover(FIRST, N2)));
        assertThat(refusal(asked, suspend())).contains("under way");
    }

    @Test
    void afterAPauseNobodyIsGivenUpWhoHasNotHeardOfIt() {
        ClusterState resumed = accept(paused(led()), new Command.Resume("dba", 6_000));
        assertThat(refusal(resumed, new Command.Expire(N2, FIRST, 1, 0)))
                .contains("n1 has not heard yet");

        ClusterState sentBefore =
                accept(resumed, new Command.Renew(N1, FIRST, 6_001, null, 0, 0, 0));
        assertThat(refusal(sentBefore, new Command.Expire(N2, FIRST, 2, 0)))
                .as("renewed, but by an agent that still believes in the pause")
                .contains("n1 has not heard yet");

        ClusterState heard = accept(sentBefore, new Command.Renew(N1, FIRST, 6_250, null, 1, 0, 0));
        assertThat(refusal(heard, new Command.Expire(N2, FIRST, 2, 0)))
                .as("counted from before it heard")
                .contains("renewed");
        assertThat(accept(heard, new Command.Expire(N2, FIRST, 3, 0)).lease())
                .isInstanceOf(Lease.Vacant.class);
    }

    @Test
    void theOperatorsWordThatTheLeaderIsGoneCountsWithTheResumeAndAfterIt() {
        ClusterState resumed = accept(paused(led()), new Command.Resume("dba", 6_000, true));
        assertThat(refusal(resumed, new Command.Expire(N2, FIRST, 0, 0)))
                .as("counted from before the end of the pause")
                .contains("renewed");
        accept(resumed, new Command.Expire(N2, FIRST, 1, 0));

        ClusterState unheard = accept(paused(led()), new Command.Resume("dba", 6_000));
        assertThat(refusal(unheard, new Command.Resume("dba", 7_000))).contains("not paused");
        ClusterState word = accept(unheard, new Command.Resume("dba", 7_000, true));
        accept(word, new Command.Expire(N2, FIRST, 2, 0));
        assertThat(refusal(word, new Command.Resume("dba", 8_000, true))).contains("not paused");
    }

    @Test
    void everyPauseHasToBeHeardOver() {
        ClusterState twice =
                accept(
                        accept(accept(paused(led()), new Command.Resume("dba", 6_000)), suspend()),
                        new Command.Resume("dba", 7_000));

        ClusterState heardOne = accept(twice, new Command.Renew(N1, FIRST, 7_100, null, 1, 0, 0));

        assertThat(refusal(heardOne, new Command.Expire(N2, FIRST, 3, 0)))
                .contains("n1 has not heard yet");
    }

    @Test
    void onlyARenewalThatHasSeenTheGraceEndsIt() {
        ClusterState away = accept(led(), new Command.Furlough(N1, FIRST, 13_000, 5_000));

        ClusterState late = accept(away, new Command.Renew(N1, FIRST, 4_900, 0));
        assertThat(late.held().orElseThrow().graceMillis()).isEqualTo(13_000);

        ClusterState back = accept(late, new Command.Renew(N1, FIRST, 9_000, 2));
        assertThat(back.held().orElseThrow().graceMillis()).isZero();
    }

    @Test
    void whoCountedAShorterLeaseBeforeTheLastAgentDoesNotShortenTheLeaseOfThatOne() {
        ClusterState longer = accept(led(), counting(60_000, 0));

        ClusterState late = accept(longer, counting(2_000, 0));
        assertThat(late.held().orElseThrow().leaseMillis()).isEqualTo(60_000);

        ClusterState shorter = accept(late, counting(2_000, 2));
        assertThat(shorter.held().orElseThrow().leaseMillis()).isEqualTo(2_000);
    }

    private static Command counting(long leaseMillis, long seen) {
        return new Command.Renew(N1, FIRST, 5_000, null, 0, seen, leaseMillis);
    }

    @Test
    void whoTookOverBeforeTheLastAgentDoesNotEndTheGraceOfThatOne() {
        ClusterState first = accept(led(), new Command.Furlough(N1, FIRST, 13_000, 5_000));
        Command takesOver = new Command.Renew(N1, FIRST, 6_000, 1);
        ClusterState another = accept(first, new Command.Renew(N1, FIRST, 7_000, 1));
        ClusterState again = accept(another, new Command.Furlough(N1, FIRST, 13_000, 8_000));

        ClusterState late = accept(again, takesOver);

        assertThat(late.held().orElseThrow().graceMillis()).isEqualTo(13_000);
    }

    @Test
    void aGraceThatIsAskedForLateTakesNothingOffOneThatStandsAndEndsLikeIt() {
        ClusterState away = accept(led(), new Command.Furlough(N1, FIRST, 13_000, 5_000));

        ClusterState late = accept(away, new Command.Furlough(N1, FIRST, 1_000, 4_000));
        assertThat(late.held().orElseThrow().graceMillis()).isEqualTo(13_000);

        ClusterState goesOn = accept(late, new Command.Renew(N1, FIRST, 9_000, 2));
        assertThat(goesOn.held().orElseThrow().graceMillis()).isZero();
    }

    @Test
    void theGraceOfAnAgentThatIsAwayOutlivesAPause() {
        ClusterState away = accept(led(), new Command.Furlough(N1, FIRST, 13_000, 5_000));

        ClusterState resumed = accept(paused(away), new Command.Resume("dba", 6_000));

        assertThat(resumed.lease())
                .as("its PostgreSQL goes on for so long, whoever pauses and resumes meanwhile")
                .isInstanceOfSatisfying(
                        Lease.Held.class, held -> assertThat(held.graceMillis()).isEqualTo(13_000));
    }

    @Test
    void onlyAPausedClusterIsResumed() {
        assertThat(refusal(led(), new Command.Resume("dba", 0))).contains("not paused");
    }

    // --- promoted by hand

    @Test
    void aTimelineThatSomebodyTookByHandIsNeverGranted() {
        ClusterState saw = accept(led(), new Command.SawTimeline(N2, new TimelineId(2)));
        ClusterState given = accept(saw, new Command.Release(N1, FIRST, "crashed", 0));
        given = accept(given, new Command.CastVote(N1, SECOND, vote(N1, at(200))));
        assertThat(((Lease.Offered) given.lease()).timeline()).isEqualTo(new TimelineId(3));
    }

    /// n2 was promoted by hand at 400 and went on to 900; n3 alone holds what n1 acknowledged up to
    /// 500.
    @Test
    void whoWasPromotedByHandDoesNotWinOverAnAcknowledgedWrite() {
        ClusterState voted =
                accept(vacant(), new Command.CastVote(N2, SECOND, vote(N2, at(900, 2, 400))));
        voted = accept(voted, new Command.CastVote(N3, SECOND, vote(N3, at(500))));
        assertThat(((Lease.Offered) voted.lease()).to()).isEqualTo(N3);
    }

    /// Here n2 had more of what n1 acknowledged than n3, before it was promoted by hand: neither
    /// can be elected without a loss.
    @Test
    void whoLacksWhatTheOtherHadBeforeItWasPromotedByHandIsNotElectedEither() {
        ClusterState voted =
                accept(vacant(), new Command.CastVote(N2, SECOND, vote(N2, at(900, 2, 400))));
        voted = accept(voted, new Command.CastVote(N3, SECOND, vote(N3, at(300))));
        assertThat(voted.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(Election.of(voted))
                .isInstanceOfSatisfying(
                        Election.Verdict.Undecided.class,
                        undecided ->
                                assertThat(undecided.why())
                                        .contains("n2")
                                        .contains("promoted by hand"));
    }

    @Test
    void aPositionCountsUpToWhereItLeavesTheLine() {
        Position stray = at(900, 5, 400);
        assertThat(stray.on(at(0).history())).isEqualTo(at(400));
        assertThat(stray.on(at(0, 3, 200).history())).isEqualTo(at(200));
        assertThat(stray.on(stray.history())).isEqualTo(stray);
        assertThat(at(450).on(at(0, 2, 400).history()))
                .as("a former leader's own last records, on a timeline that was granted")
                .isEqualTo(at(450));
    }

    // --- settings

    @Test
    void theLeadersSettingsAreWhatTheClusterBeginsWith() {
        ClusterState begun = begun();
        assertThat(begun.settings()).isEqualTo(settings(1, "work_mem", "8MB"));
        assertThat(refusal(begun, new Command.BeginSettings(N1, FIRST, settings(1, "a", "b"))))
                .contains("already");
        assertThat(refusal(led(), new Command.BeginSettings(N2, FIRST, settings(1, "a", "b"))))
                .contains("not held by n2");
    }

    @Test
    void aChangeOfAVersionThatIsNotTheLatestIsRefused() {
        ClusterState changed =
                accept(begun(), new Command.ChangeSettings(settings(2, "work_mem", "9MB")));
        assertThat(changed.settings()).isEqualTo(settings(2, "work_mem", "9MB"));
        assertThat(refusal(changed, new Command.ChangeSettings(settings(2, "work_mem", "7MB"))))
                .contains("version 2")
                .contains("not 1");
    }

    // --- planned switchovers

    @Test
    void aPlannedSwitchoverBecomesARequestWhenItsLeaderBeginsIt() {
        ClusterState planned = accept(led(), new Command.PlanSwitchover(plan(N2)));
        assertThat(refusal(planned, new Command.PlanSwitchover(plan(N3)))).contains("already");
        ClusterState due = accept(planned, new Command.BeginPlanned(N1, FIRST, plan(N2)));
        Switchover request = new Switchover(FIRST, N2, plan(N2));
        assertThat(due.switchover()).isEqualTo(request);
        assertThat(due.planned()).isNull();

        ClusterState givenUp =
                accept(due, new Command.CancelSwitchover(N1, request, "n2 has much to replay", 8));
        assertThat(givenUp.dropped())
                .as("why nothing came of it is shown")
                .isEqualTo(new PlannedSwitchover.Dropped(plan(N2), "n2 has much to replay", 8));
    }

    @Test
    void aPlanOutlivesItsEpochAndAPause() {
        ClusterState planned = accept(led(), new Command.PlanSwitchover(plan(N2)));
        assertThat(accept(planned, new Command.Release(N1, FIRST, "crashed", 0)).planned())
                .isEqualTo(plan(N2));
        ClusterState paused = paused(planned);
        assertThat(refusal(paused, new Command.BeginPlanned(N1, FIRST, plan(N2))))
                .contains("paused");
        assertThat(paused.planned()).isEqualTo(plan(N2));
    }

    @Test
    void aDroppedPlanIsRemembered() {
        ClusterState planned = accept(led(), new Command.PlanSwitchover(plan(N2)));
        var dropped = new PlannedSwitchover.Dropped(plan(N2), "missed", 7_000);
        ClusterState without = accept(planned, new Command.DropPlan(dropped));
        assertThat(without.planned()).isNull();
        assertThat(without.dropped()).isEqualTo(dropped);
        assertThat(refusal(without, new Command.DropPlan(dropped))).contains("no such switchover");
    }

    @Test
    void aPlanForAWitnessOrAStrangerIsRefused() {
        assertThat(refusal(led(), new Command.PlanSwitchover(plan(new NodeName("n9")))))
                .contains("n9");
    }

    // --- forced failovers

    @Test
    void aForcedFailoverLeavesALastingRecord() {
        ClusterState state = accept(led(), new Command.Renew(N1, FIRST, 1, new Lsn(700), 0, 0, 0));
        state = accept(state, new Command.Release(N1, FIRST, "lost", 3_000));
        state = accept(state, new Command.CastVote(N2, SECOND, vote(N2, at(250))));
        state = accept(state, new Command.ForceFailover(N2, SECOND, "dba", 4_000));
        var record =
                new ForcedFailover(
                        SECOND, N2, "dba", 4_000, List.of(N3, N1), new Lsn(250), new Lsn(700));
        assertThat(state.forced()).containsExactly(record);
        assertThat(record.lostBytes()).hasValue(450);

        ClusterState claimed = accept(state, new Command.Claim(N2, SECOND, vote(N2, at(250))));
        Position base = at(250, 2, 250);
        ClusterState announced =
                accept(
                        claimed,
                        new Command.Announce(
                                N2,
                                SECOND,
                                Samples.incarnation(N2),
                                base,
                                base.history(),
                                Samples.SYSTEM,
                                5_000));
        assertThat(announced.history().getLast().forced()).containsExactly(record);
        assertThat(announced.forced()).isEmpty();
    }

    // --- what an earlier version wrote

    @Test
    void aDocumentAndCommandsOfAnEarlierVersionAreRead() {
        ClusterDocument document = new ClusterDocument();
        String json = new String(document.encodeState(led()), StandardCharsets.UTF_8);
        for (String added :
                List.of(
                        ",\"paused\":null",
                        ",\"settings\":null",
                        ",\"planned\":null",
                        ",\"dropped\":null",
                        ",\"written\":null",
                        ",\"forced\":[]")) {
            assertThat(json).contains(added);
            json = json.replace(added, "");
        }
        assertThat(document.decodeState(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(led());
        String renew = "{\"command\":\"renew\",\"node\":\"n1\",\"epoch\":1,\"atMillis\":5}";
        assertThat(document.decodeCommand(renew.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new Command.Renew(N1, FIRST, 5, 0));
    }

    @Test
    void whatOperatorsAskedForSurvivesASnapshot() {
        ClusterDocument document = new ClusterDocument();
        ClusterState full =
                accept(paused(begun()), new Command.Renew(N1, FIRST, 1, new Lsn(700), 0, 0, 0));
        assertThat(document.decodeState(document.encodeState(full))).isEqualTo(full);
    }

    private static Command suspend() {
        return new Command.Suspend(new Pause("dba", "new disks", 5_000));
    }

    private static ClusterState paused(ClusterState state) {
        return accept(state, suspend());
    }

    private static ClusterState begun() {
        return accept(led(), new Command.BeginSettings(N1, FIRST, settings(1, "work_mem", "8MB")));
    }

    private static ClusterSettings settings(long version, String name, String value) {
        SortedMap<String, String> parameters = new TreeMap<>();
        parameters.put(name, value);
        return new ClusterSettings(version, "dba", 5_000, false, 0, parameters, List.of());
    }

    private static PlannedSwitchover plan(@Nullable NodeName to) {
        return new PlannedSwitchover(to, 1_000_000, "dba", 5_000);
    }
}
