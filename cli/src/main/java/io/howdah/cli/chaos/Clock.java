package io.howdah.cli.chaos;

/// The time since a run began.
final class Clock {

    private final long startNanos = System.nanoTime();

    /// Milliseconds, from 0.
    int millis() {
        return millis(System.nanoTime());
    }

    /// Milliseconds at that moment of `System.nanoTime`.
    int millis(long nanos) {
        return (int) ((nanos - startNanos) / 1_000_000);
    }
}
