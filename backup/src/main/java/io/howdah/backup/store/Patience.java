package io.howdah.backup.store;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Does a thing again that failed for a reason that passes: after pauses that grow, each of a
/// length at random, so that many who were refused together do not come back together. Immutable.
///
/// @param attempts how often at most, 1 or more
/// @param first the longest first pause
/// @param longest the longest of all
record Patience(int attempts, Duration first, Duration longest) {

    /// About half a minute in all.
    static final Patience DEFAULT = new Patience(9, Duration.ofMillis(200), Duration.ofSeconds(10));

    /// It may go right the next time.
    static final class Passing extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Passing(Exception cause) {
            super(String.valueOf(cause.getMessage()), cause);
        }
    }

    /// @param what in words, as in `put packs/00/a.pack`
    /// @param where the store
    /// @param call throws [Passing] when it is to be done again
    /// @throws StoreUnavailableException when it has failed too often
    <T> T run(String what, String where, Supplier<T> call) {
        Duration most = first;
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (Passing e) {
                if (attempt == attempts) {
                    throw new StoreUnavailableException(
                            "cannot %s in %s, tried %d times: %s"
                                    .formatted(what, where, attempts, e.getMessage()),
                            "look whether the store can be reached from here, then run it again",
                            e);
                }
                pause(what, where, most);
            }
            Duration longer = most.multipliedBy(2);
            most = longer.compareTo(longest) < 0 ? longer : longest;
        }
    }

    private static void pause(String what, String where, Duration most) {
        try {
            Thread.sleep(RandomGenerator.getDefault().nextLong(most.toMillis() + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException(
                    "cannot " + what + " in " + where + ": it was interrupted", "run it again", e);
        }
    }
}
