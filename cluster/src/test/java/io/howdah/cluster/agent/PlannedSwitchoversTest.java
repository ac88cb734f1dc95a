package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.led;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Pause;
import io.howdah.cluster.state.PlannedSwitchover;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlannedSwitchoversTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final long AT = 1_000_000;
    private static final long TOO_LATE = AT + PlannedSwitchovers.LATEST.toMillis() + 1;
    private static final PlannedSwitchover PLAN = new PlannedSwitchover(N2, AT, "dba", 5_000);

    @Test
    void nothingHappensBeforeItsTime() {
        assertThat(due(planned(), N1, AT - 1)).isEmpty();
    }

    @Test
    void whoeverLeadsWhenItIsDueBegins() {
        assertThat(due(planned(), N1, AT)).contains(new Command.BeginPlanned(N1, FIRST, PLAN));
    }

    @Test
    void itIsDroppedWhenTheTargetLeadsAlready() {
        assertThat(due(planned(), N2, AT))
                .hasValueSatisfying(command -> assertDropped(command, "n2 was the primary"));
    }

    @Test
    void itIsDroppedWhenItsTimeWasMissed() {
        assertThat(due(planned(), N1, TOO_LATE))
                .hasValueSatisfying(command -> assertDropped(command, "no primary"));
    }

    @Test
    void aPauseHoldsItUpUntilItsTimeIsMissed() {
        ClusterState paused = accept(planned(), new Command.Suspend(new Pause("dba", "", 0)));
        assertThat(due(paused, N1, AT)).isEmpty();
        assertThat(due(paused, N1, TOO_LATE))
                .hasValueSatisfying(command -> assertDropped(command, "paused"));
    }

    private static void assertDropped(Command command, String why) {
        assertThat(command)
                .isInstanceOfSatisfying(
                        Command.DropPlan.class,
                        drop -> {
                            assertThat(drop.dropped().plan()).isEqualTo(PLAN);
                            assertThat(drop.dropped().why()).contains(why);
                        });
    }

    private static Optional<Command> due(ClusterState state, NodeName leader, long nowMillis) {
        return PlannedSwitchovers.due(state, leader, FIRST, nowMillis);
    }

    private static ClusterState planned() {
        return accept(led(), new Command.PlanSwitchover(PLAN));
    }
}
