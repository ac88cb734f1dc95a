package io.howdah.cluster.lease;

import io.howdah.cluster.state.Epoch;

/// A lease as its holder may count on it. Immutable.
///
/// @param epoch the epoch it is for
/// @param confirmedFromNanos when the last confirmed claim or renewal was *sent*
/// @param terms the times that follow
public record HeldLease(Epoch epoch, long confirmedFromNanos, LeaseTerms terms) {

    /// When the holder has to fence itself, if nothing is confirmed before.
    public long fenceAtNanos() {
        return confirmedFromNanos + terms.fenceAfterNanos();
    }

    /// Whether the holder may still act as primary.
    public boolean isValidAt(long nowNanos) {
        return nowNanos < fenceAtNanos();
    }

    /// After a renewal that was sent at `sentNanos` is confirmed. Confirmations may come out of
    /// order: an older one changes nothing.
    public HeldLease confirmed(long sentNanos) {
        return sentNanos > confirmedFromNanos ? new HeldLease(epoch, sentNanos, terms) : this;
    }
}
