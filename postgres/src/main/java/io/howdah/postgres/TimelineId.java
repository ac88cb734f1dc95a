package io.howdah.postgres;

/// The number of a timeline: a line of WAL history, new at every promotion. 1 to 2³²−1, as in
/// PostgreSQL. Immutable.
///
/// @param value the number, 1 or above
public record TimelineId(long value) implements Comparable<TimelineId> {

    /// The timeline that initdb starts.
    public static final TimelineId FIRST = new TimelineId(1);

    /// @throws IllegalArgumentException outside 1 to 2³²−1
    public TimelineId {
        if (value < 1 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException(
                    "not a timeline: " + value + " (expected 1 to 4294967295)");
        }
    }

    /// The next higher number.
    public TimelineId next() {
        return new TimelineId(value + 1);
    }

    /// The higher of two.
    public static TimelineId max(TimelineId a, TimelineId b) {
        return a.value >= b.value ? a : b;
    }

    /// The name of this timeline's history file, as in `00000003.history`.
    public String historyFileName() {
        return "%08X.history".formatted(value);
    }

    @Override
    public int compareTo(TimelineId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
