package io.howdah.node.configuration;

/// How many standbys must have flushed a commit before it is acknowledged.
public sealed interface SynchronousStandbys {

    /// As many as the number of nodes suggests.
    record Auto() implements SynchronousStandbys {}

    /// This many.
    ///
    /// @param count 1 or above; at most the number of the other nodes that run PostgreSQL
    record Exactly(int count) implements SynchronousStandbys {

        /// @throws IllegalArgumentException when the count is below 1
        public Exactly {
            if (count < 1) {
                throw new InvalidValueException(
                        "synchronous-standbys", "is " + count + ", below 1");
            }
        }
    }
}
