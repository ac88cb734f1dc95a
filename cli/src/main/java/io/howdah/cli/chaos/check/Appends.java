package io.howdah.cli.chaos.check;

import java.util.Arrays;

/// What the clients that append to lists did and were told: value 1, 2, 3 … each appended once, the
/// values of one key in no order agreed beforehand. Thread-safe.
public final class Appends {

    /// So many values are meant for each key.
    public static final int VALUES_PER_KEY = 100;

    private static final int FIRST_CAPACITY = 1024;

    private final Attempts attempts = new Attempts();
    private int[] beginMillis = new int[FIRST_CAPACITY];
    private int[] endMillis = new int[FIRST_CAPACITY];
    private int[] positions = new int[FIRST_CAPACITY];
    private int[] predecessors = new int[FIRST_CAPACITY];

    /// Nothing appended yet.
    public Appends() {}

    /// The key that a value belongs to.
    public static int keyOf(int value) {
        return (value - 1) / VALUES_PER_KEY;
    }

    /// Begins to append the next value.
    ///
    /// @return the value
    public synchronized int begin(boolean byDisturbedClient, int millis) {
        int value = attempts.begin(byDisturbedClient);
        if (value >= positions.length) {
            beginMillis = Arrays.copyOf(beginMillis, 2 * value);
            endMillis = Arrays.copyOf(endMillis, 2 * value);
            positions = Arrays.copyOf(positions, 2 * value);
            predecessors = Arrays.copyOf(predecessors, 2 * value);
        }
        beginMillis[value] = millis;
        return value;
    }

    /// Says what became of it.
    ///
    /// @param position where it went, from 1, as the statement answered; 0 when it did not answer
    /// @param predecessor the value before it; 0 when it was the first, or there was no answer
    public synchronized void end(
            int value, Outcome outcome, int position, int predecessor, int millis) {
        attempts.end(value, outcome, millis);
        endMillis[value] = millis;
        positions[value] = position;
        predecessors[value] = predecessor;
    }

    /// What became of each value.
    public Attempts attempts() {
        return attempts;
    }

    synchronized int position(int value) {
        return positions[value];
    }

    synchronized int predecessor(int value) {
        return predecessors[value];
    }

    synchronized int beginMillis(int value) {
        return beginMillis[value];
    }

    synchronized int endMillis(int value) {
        return endMillis[value];
    }
}
