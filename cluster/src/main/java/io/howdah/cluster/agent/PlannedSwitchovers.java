package io.howdah.cluster.agent;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.PlannedSwitchover;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What a leader makes of a planned switchover as time passes. Pure: the command to propose, if it
/// is time for one.
final class PlannedSwitchovers {

    /// Later than this it is not done any more: whoever planned it for a quiet hour does not want
    /// it at noon.
    static final Duration LATEST = Duration.ofMinutes(5);

    private PlannedSwitchovers() {}

    /// What is due.
    ///
    /// @param nowMillis the leader's wall clock
    static Optional<Command> due(ClusterState state, NodeName self, Epoch epoch, long nowMillis) {
        PlannedSwitchover plan = state.planned();
        if (plan == null || nowMillis < plan.atMillis()) {
            return Optional.empty();
        }
        if (nowMillis - plan.atMillis() > LATEST.toMillis()) {
            return drop(
                    plan,
                    "at "
                            + Instant.ofEpochMilli(plan.atMillis())
                            + (state.paused() == null
                                    ? " there was no primary to hand over"
                                    : " the cluster was paused"),
                    nowMillis);
        }
        if (state.paused() != null || state.switchover() != null) {
            return Optional.empty();
        }
        return self.equals(plan.to())
                ? drop(plan, self + " was the primary already", nowMillis)
                : Optional.of(new Command.BeginPlanned(self, epoch, plan));
    }

    private static Optional<Command> drop(PlannedSwitchover plan, String why, long nowMillis) {
        return Optional.of(
                new Command.DropPlan(new PlannedSwitchover.Dropped(plan, why, nowMillis)));
    }
}
