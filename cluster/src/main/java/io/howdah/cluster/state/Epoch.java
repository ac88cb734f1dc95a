package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// The number of a term of leadership: rises by one at every offer of the lease and never repeats.
/// 0 before the first. Immutable.
///
/// @param value the number, 0 or above
public record Epoch(@JsonValue long value) implements Comparable<Epoch> {

    /// Before the first offer.
    public static final Epoch NONE = new Epoch(0);

    /// @throws IllegalArgumentException when negative
    @JsonCreator
    public Epoch {
        if (value < 0) {
            throw new IllegalArgumentException("not an epoch: " + value);
        }
    }

    /// The next epoch.
    public Epoch next() {
        return new Epoch(value + 1);
    }

    @Override
    public int compareTo(Epoch other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
