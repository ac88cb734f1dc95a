package io.howdah.testing;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Waiting for what must come true, with a bound that a slow machine keeps.
public final class Await {

    /// How long a condition may take on a machine that is shared and noisy.
    public static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final long PAUSE_MILLIS = 10;

    private Await() {}

    /// Returns when `condition` holds.
    ///
    /// @param what named in the failure
    /// @throws AssertionError when it does not hold within [#PATIENCE]
    public static void until(String what, BooleanSupplier condition) {
        until(what, PATIENCE, condition);
    }

    /// Returns when `condition` holds.
    ///
    /// @param what named in the failure
    /// @param patience the bound
    /// @throws AssertionError when it does not hold within `patience`
    public static void until(String what, Duration patience, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > patience.toNanos()) {
                throw new AssertionError("not within " + patience.toSeconds() + " s: " + what);
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting: " + what, e);
            }
        }
    }

    /// Returns when what is seen is as it should be.
    ///
    /// @param what named in the failure, which also tells what was seen last
    /// @throws AssertionError when it is not within [#PATIENCE]
    public static <T> void untilSeen(String what, Supplier<T> sight, Predicate<T> expected) {
        try {
            until(what, () -> expected.test(sight.get()));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; seen last: " + sight.get(), e);
        }
    }
}
