package io.howdah.cluster.step;

/// Hears of each step as it is reached, on the thread that acts, before anything more is done.
@FunctionalInterface
public interface Steps {

    /// Nobody listens: production.
    Steps UNWATCHED = step -> {};

    /// An action has come to this step.
    void reached(Step step);
}
