package io.howdah.cluster.lease;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/// Counts how long renewals of the lease took to be confirmed, and how many were not. Two additions
/// per renewal; whoever wants figures adds them up. Thread-safe.
public final class RenewalTimes {

    /// Upper bounds of the buckets in milliseconds; what took longer falls into one more.
    public static final List<Integer> BOUNDS_MILLIS =
            List.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500);

    private static final int NANOS = BOUNDS_MILLIS.size() + 1;
    private static final int FAILED = NANOS + 1;

    private final AtomicLongArray numbers = new AtomicLongArray(FAILED + 1);

    RenewalTimes() {}

    void confirmed(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS_MILLIS.size() && nanos > BOUNDS_MILLIS.get(bucket) * 1_000_000L) {
            bucket++;
        }
        numbers.incrementAndGet(bucket);
        numbers.addAndGet(NANOS, nanos);
    }

    void failed() {
        numbers.incrementAndGet(FAILED);
    }

    /// What was counted so far.
    ///
    /// @param confirmedByBound confirmed renewals in each bucket, one more than there are bounds
    /// @param nanos the sum of what they took
    /// @param failed refused or without an answer in time
    public record Figures(List<Long> confirmedByBound, long nanos, long failed) {

        public Figures {
            confirmedByBound = List.copyOf(confirmedByBound);
        }
    }

    Figures figures() {
        Long[] confirmed = new Long[NANOS];
        for (int i = 0; i < confirmed.length; i++) {
            confirmed[i] = numbers.get(i);
        }
        return new Figures(List.of(confirmed), numbers.get(NANOS), numbers.get(FAILED));
    }
}
