package io.howdah.node.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What operators ask of the cluster as a whole, each recorded in the agreed state. Thread-safe;
/// each waits until it is agreed or has failed, which is bounded by the node.
public interface Operations {

    /// Pauses the cluster.
    ActionOutcome pause(PauseRequest request);

    /// Ends the pause.
    ActionOutcome resume(PauseRequest request);

    /// Plans a switchover for `request.scheduledAt()`.
    ActionOutcome planSwitchover(SwitchoverRequest request);

    /// Gives the planned switchover up.
    ///
    /// @param by who asks; null: not said
    ActionOutcome cancelSwitchover(@Nullable String by);

    /// The cluster's configuration as this node last saw it; empty before the first primary. From
    /// memory.
    Optional<ConfigDocument> config();

    /// Changes the configuration once PostgreSQL has been asked whether it takes it.
    ActionOutcome changeConfig(ConfigChange change);
}
