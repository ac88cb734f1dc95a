package io.howdah.cluster.lease;

import java.time.Duration;

/// The times that follow from the length of a lease (10-cluster, "Time and the lease"). Immutable.
///
/// @param lease how long after a renewal was applied the store may call it expired; 1 to 60 s. What
///   the holder counts with counts for all
public record LeaseTerms(Duration lease) {

    /// @throws IllegalArgumentException outside 1 to 60 s
    public LeaseTerms {
        if (lease.compareTo(Duration.ofSeconds(1)) < 0
                || lease.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new IllegalArgumentException("lease: " + lease + " (expected 1s to 60s)");
        }
    }

    /// How often the holder renews: a quarter, so that three renewals may fail before the fence.
    public long renewEveryNanos() {
        return lease.toNanos() / 4;
    }

    /// How long after it *sent* the last confirmed claim or renewal the holder fences itself: three
    /// quarters. The rest is for the killing and for clocks that run apart.
    public long fenceAfterNanos() {
        return lease.toNanos() / 4 * 3;
    }

    /// The same for a holder whose agent is being restarted, when others wait that much longer:
    /// three quarters again, for clocks that run apart.
    public long fenceAfterNanos(Duration grace) {
        return lease.plus(grace).toNanos() / 4 * 3;
    }

    /// How long after the last renewal was *applied here* a node proposes to expire it.
    public long expireAfterNanos() {
        return lease.toNanos();
    }

    /// A node whose own looks lie further apart than this was stalled, and counts anew.
    public long stalledAfterNanos() {
        return lease.toNanos() / 2;
    }
}
