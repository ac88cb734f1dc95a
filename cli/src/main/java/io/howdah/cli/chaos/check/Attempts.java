package io.howdah.cli.chaos.check;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/// What became of attempts 1, 2, 3 … of one workload, in few bytes each: hours of them fit into a
/// command's memory. An attempt that was begun and never ended is [Outcome#UNKNOWN]. Thread-safe.
public final class Attempts {

    private static final int FIRST_CAPACITY = 1024;

    private Outcome[] outcomes = new Outcome[FIRST_CAPACITY];
    private boolean[] disturbed = new boolean[FIRST_CAPACITY];
    private int[] endMillis = new int[FIRST_CAPACITY];
    private int count;

    /// No attempts yet.
    public Attempts() {}

    /// Begins the next one.
    ///
    /// @param byDisturbedClient whether its client's statements are cancelled and its sessions
    ///   ended on purpose
    /// @return its number, from 1
    public synchronized int begin(boolean byDisturbedClient) {
        count++;
        if (count == outcomes.length) {
            outcomes = Arrays.copyOf(outcomes, 2 * count);
            disturbed = Arrays.copyOf(disturbed, 2 * count);
            endMillis = Arrays.copyOf(endMillis, 2 * count);
        }
        outcomes[count] = Outcome.UNKNOWN;
        disturbed[count] = byDisturbedClient;
        return count;
    }

    /// Says what became of it.
    ///
    /// @param millis since the run began
    public synchronized void end(int attempt, Outcome outcome, int millis) {
        check(attempt);
        outcomes[attempt] = outcome;
        endMillis[attempt] = millis;
    }

    /// How many were begun.
    public synchronized int count() {
        return count;
    }

    /// Whether there is an attempt of that number.
    public synchronized boolean has(int attempt) {
        return attempt >= 1 && attempt <= count;
    }

    /// What its client was told.
    public synchronized Outcome outcome(int attempt) {
        check(attempt);
        return outcomes[attempt];
    }

    /// Whether its client was disturbed on purpose.
    public synchronized boolean disturbed(int attempt) {
        check(attempt);
        return disturbed[attempt];
    }

    /// How often each outcome came.
    public synchronized Map<Outcome, Integer> counts() {
        var counts = new EnumMap<Outcome, Integer>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, 0);
        }
        for (int i = 1; i <= count; i++) {
            counts.merge(outcomes[i], 1, Integer::sum);
        }
        return counts;
    }

    /// As `17 (told after 12.3 s)`.
    synchronized String describe(int attempt) {
        return has(attempt)
                ? attempt
                        + " (told after %d.%d s)"
                                .formatted(endMillis[attempt] / 1000, endMillis[attempt] / 100 % 10)
                : Integer.toString(attempt);
    }

    private void check(int attempt) {
        if (!has(attempt)) {
            throw new IllegalArgumentException("there is no attempt " + attempt);
        }
    }
}
