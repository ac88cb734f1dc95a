package io.howdah.node.api;

/// What operators ask of the cluster as a whole, each recorded in the agreed state. Thread-safe;
/// each waits until it is agreed or has failed, which is bounded by the node.
public interface Operations {

    /// Pauses the cluster.
    ActionOutcome pause(PauseRequest request);

    /// Ends the pause.
    ActionOutcome resume(PauseRequest request);
}
