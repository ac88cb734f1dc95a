package io.howdah.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Switchover;
import io.howdah.cluster.state.Vote;
import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.FailoverRequest;
import io.howdah.node.api.SwitchoverRequest;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClusterChangesTest {

    private static final NodeName N1 = new NodeName("n1");
    private static final NodeName N2 = new NodeName("n2");
    private static final NodeName N3 = new NodeName("n3");
    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);
    private static final SystemId SYSTEM = new SystemId(7_000_000_000_000_000_001L);

    private static Incarnation incarnation(NodeName node) {
        return new Incarnation("0000000" + node.value().charAt(1));
    }

    private static Position at(long lsn) {
        return new Position(TimelineHistory.startingAt(TimelineId.FIRST), new Lsn(lsn));
    }

    private static ClusterState accept(ClusterState state, Command command) {
        ClusterState.Change change = state.apply(command);
        assertThat(change.refusal()).isNull();
        return change.state();
    }

    /// n1 leads; n2 and n3, which hold each commit between them, were updated before it.
    private static ClusterState led() {
        ClusterState state = ClusterState.INITIAL;
        for (NodeName node : List.of(N1, N2, N3)) {
            Member member =
                    new Member(incarnation(node), "127.0.0.1", 6520, 6530, false, Member.Tags.NONE);
            Member.Tags reported =
                    node.equals(N1) ? Member.Tags.NONE : Member.Tags.NONE.withoutFailover();
            String collations = node.equals(N1) ? "c 2.36" : "c 2.41";
            state =
                    accept(
                            state,
                            new Command.Report(node, member.withCondition(collations, reported)));
        }
        state = accept(state, new Command.Initialise(N1, 1_000));
        state = accept(state, new Command.Claim(N1, FIRST, null));
        state = accept(state, announce(N1, FIRST, at(100), at(100).history()));
        return accept(
                state,
                new Command.SetVoters(
                        N1,
                        FIRST,
                        0,
                        new TreeMap<>(Map.of(N2, incarnation(N2), N3, incarnation(N3))),
                        1));
    }

    /// n1 is lost, n2 holds everything, n3 has not voted.
    private static ClusterState lost() {
        ClusterState state = accept(led(), new Command.Release(N1, FIRST, "crashed", 3_000));
        return accept(state, new Command.CastVote(N2, SECOND, vote(N2, 300)));
    }

    private static Vote vote(NodeName node, long lsn) {
        return new Vote(incarnation(node), at(lsn));
    }

    private static Command announce(
            NodeName node, Epoch epoch, Position base, TimelineHistory history) {
        return new Command.Announce(node, epoch, incarnation(node), base, history, SYSTEM, 4_000);
    }

    /// As its agent does: it claims what it is offered, and is promoted.
    private static List<Command> promoted(Command command) {
        if (!(command instanceof Command.Elect || command instanceof Command.ForceFailover)) {
            return List.of();
        }
        TimelineHistory history = at(300).history().then(new Lsn(300), new TimelineId(2));
        return List.of(
                new Command.Claim(N2, SECOND, vote(N2, 300)),
                announce(N2, SECOND, Position.beginningOf(history), history));
    }

    private static ActionOutcome failover(ClusterState state, NodeName to, boolean allowDataLoss) {
        return new ClusterChanges(new MemoryStore(state, ClusterChangesTest::promoted))
                .failover(new FailoverRequest(to.value(), allowDataLoss, "dba"));
    }

    private static ActionOutcome switchover(ClusterState state, String why) {
        return new ClusterChanges(
                        new MemoryStore(
                                state,
                                command ->
                                        command instanceof Command.RequestSwitchover
                                                ? List.of(
                                                        new Command.CancelSwitchover(
                                                                N1,
                                                                new Switchover(FIRST, N2),
                                                                why,
                                                                5_000))
                                                : List.of()))
                .switchover(new SwitchoverRequest(null, "n2"));
    }

    @Test
    void whyTheLeaderGaveASwitchoverUpIsTold() {
        ActionOutcome outcome = switchover(led(), "it could not be prepared: no room for the WAL");
        assertThat(outcome.verdict()).isEqualTo(ActionOutcome.Verdict.REFUSED);
        assertThat(outcome.message())
                .isEqualTo(
                        "n1 goes on as the primary: it could not be prepared: no room for the WAL");
        assertThat(outcome.hint()).contains("howdah status");
    }

    @Test
    void theLeadersOwnHintIsTold() {
        ActionOutcome outcome = switchover(led(), "the volume is full\nHINT: make room");
        assertThat(outcome.message()).isEqualTo("n1 goes on as the primary: the volume is full");
        assertThat(outcome.hint()).isEqualTo("make room");
    }

    @Test
    void whoHoldsEverythingLeadsWithoutALossThoughItSortsOtherwiseAndTheConsequenceIsTold() {
        ClusterState state = accept(lost(), new Command.CastVote(N3, SECOND, vote(N3, 200)));
        for (boolean allowDataLoss : new boolean[] {false, true}) {
            ActionOutcome outcome = failover(state, N2, allowDataLoss);
            assertThat(outcome.verdict()).isEqualTo(ActionOutcome.Verdict.DONE);
            assertThat(outcome.message())
                    .startsWith("n2 is the primary now, in epoch 2")
                    .contains("c 2.41")
                    .contains("n1, by c 2.36")
                    .contains("index");
            assertThat(outcome.hint()).contains("REINDEX").contains("REFRESH COLLATION VERSION");
        }
    }

    @Test
    void nothingIsRecordedAsLostWhereNothingIs() {
        MemoryStore store =
                new MemoryStore(
                        accept(lost(), new Command.CastVote(N3, SECOND, vote(N3, 200))),
                        ClusterChangesTest::promoted);
        ActionOutcome outcome =
                new ClusterChanges(store).failover(new FailoverRequest("n2", true, "dba"));
        assertThat(outcome.verdict()).isEqualTo(ActionOutcome.Verdict.DONE);
        assertThat(store.seen().state().history().getLast().forced()).isEmpty();
        assertThat(store.seen().state().history().getLast().reason())
                .isEqualTo("forced to n2 by dba, which holds everything");
    }

    @Test
    void whoLacksSomethingIsRefusedAndWhoHoldsItIsNamed() {
        ActionOutcome outcome =
                failover(
                        accept(lost(), new Command.CastVote(N3, SECOND, vote(N3, 200))), N3, false);
        assertThat(outcome.verdict()).isEqualTo(ActionOutcome.Verdict.REFUSED);
        assertThat(outcome.message()).startsWith("n3 is not known to hold everything");
        assertThat(outcome.hint()).contains("n2").doesNotContain("loss");
    }

    @Test
    void whereAVoteIsMissingOnlyALossCanBeAccepted() {
        ActionOutcome outcome = failover(lost(), N2, false);
        assertThat(outcome.verdict()).isEqualTo(ActionOutcome.Verdict.REFUSED);
        assertThat(outcome.message()).contains("waiting for").contains("n3");
        assertThat(outcome.hint()).contains("--allow-data-loss");
        assertThat(failover(lost(), N2, true).verdict()).isEqualTo(ActionOutcome.Verdict.DONE);
    }
}
