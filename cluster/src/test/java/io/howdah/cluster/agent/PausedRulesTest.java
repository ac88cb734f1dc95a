package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.SYSTEM;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.vacant;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Pause;
import io.howdah.cluster.state.Position;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The row "pause" of the design ("What the agent does"): what an agent still does, and what it
/// leaves to the operator.
class PausedRulesTest {

    private static final Epoch FIRST = new Epoch(1);

    @Test
    void aPrimaryThatDiedStaysDeadAndItsLeaseStaysWhereItIs() {
        assertHeld(leader(paused(led()), stopped(N1, false), true), "give epoch 1 back");
        assertHeld(leader(paused(led()), stopped(N1, false), false), "start PostgreSQL");
    }

    @Test
    void leftoversOfADeadPostmasterAreLeftAlone() {
        assertHeld(leader(paused(led()), stopped(N1, true), true), "end PostgreSQL");
    }

    @Test
    void aStoppedStandbyIsNotStarted() {
        assertHeld(member(paused(led()), N2, stopped(N2, false)), "start PostgreSQL as a standby");
    }

    @Test
    void nobodyCutsItselfOffOrVotes() {
        assertHeld(
                member(paused(vacant()), N2, standby(N2, at(300), Optional.of(FIRST))),
                "cut off every leader before epoch 2 and vote");
    }

    @Test
    void aPrimaryWithoutTheLeaseRunsOnAndEndsAfterwards() {
        ClusterState paused = paused(led());
        LocalStatus promotedByHand = primary(N2, at(400, 2, 350));
        assertHeld(member(paused, N2, promotedByHand), "end PostgreSQL");
        assertThat(member(resumed(paused), N2, promotedByHand)).isInstanceOf(Act.Kill.class);
    }

    @Test
    void aStandbyThatLeftTheHistoryIsNeitherRewoundNorCopied() {
        assertHeld(
                member(paused(led()), N2, standby(N2, at(400, 2, 350), Optional.empty())),
                "rejoin n1");
        assertHeld(member(paused(led()), N2, new LocalStatus.Absent()), "copy n1");
    }

    @Test
    void thePrimaryGoesOnTendingItsStandbys() {
        assertThat(leader(paused(led()), primary(N1, at(500)), true))
                .isEqualTo(new Act.Tend(FIRST));
    }

    @Test
    void anAgentRestartedInAPauseTakesItsPrimaryOver() {
        assertThat(member(paused(led()), N1, primary(N1, at(500))))
                .isEqualTo(new Act.TakeOver(FIRST));
    }

    @Test
    void aStandbyStillAttachesToTheAnnouncedLeader() {
        ClusterState paused = paused(led());
        assertThat(member(paused, N2, standby(N2, at(90), Optional.empty())))
                .isInstanceOf(Act.Follow.class);
    }

    private static void assertHeld(Act act, String what) {
        assertThat(act).isInstanceOf(Act.Wait.class);
        assertThat(act.problem()).startsWith("paused").contains("howdah resume").contains(what);
    }

    private static ClusterState paused(ClusterState state) {
        return accept(state, new Command.Suspend(new Pause("dba", "new disks", 5_000)));
    }

    private static ClusterState resumed(ClusterState state) {
        return accept(state, new Command.Resume("dba", 6_000));
    }

    private static Act leader(ClusterState state, LocalStatus local, boolean votersHealthy) {
        return next(state, N1, Optional.of(FIRST), local, votersHealthy);
    }

    private static Act member(ClusterState state, NodeName node, LocalStatus local) {
        return next(state, node, Optional.empty(), local, false);
    }

    private static Act next(
            ClusterState state,
            NodeName node,
            Optional<Epoch> held,
            LocalStatus local,
            boolean votersHealthy) {
        return Rules.next(
                new Situation(
                        node,
                        state,
                        held,
                        local,
                        Epoch.NONE,
                        false,
                        votersHealthy,
                        false,
                        false,
                        Optional.empty()));
    }

    private static LocalStatus stopped(NodeName node, boolean leftovers) {
        return new LocalStatus.Stopped(SYSTEM, incarnation(node), leftovers, Optional.empty());
    }

    private static LocalStatus primary(NodeName node, Position position) {
        return new LocalStatus.Primary(SYSTEM, incarnation(node), position, true);
    }

    private static LocalStatus standby(
            NodeName node, Position position, Optional<Epoch> following) {
        return new LocalStatus.Standby(
                SYSTEM, incarnation(node), Optional.of(position), following, true, 0);
    }
}
