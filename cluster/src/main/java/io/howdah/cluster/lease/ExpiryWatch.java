package io.howdah.cluster.lease;

import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Decides when this node proposes to expire a lease. It counts from the moment at which it saw the
/// renewal applied, which is later than the moment from which the holder counts; so the holder is
/// always done first. How long a lease is, is the holder's to say: nodes may be set up with
/// different ones, and who counted a shorter one than the holder would call another to lead beside
/// it. Pure but for its memory of what it saw last; for one thread.
public final class ExpiryWatch {

    private final NodeName self;
    private final LeaseTerms terms;
    private Epoch epoch = Epoch.NONE;
    private long renewals;
    private long sinceNanos;
    private long lastLookNanos;

    public ExpiryWatch(NodeName self, LeaseTerms terms) {
        this.self = self;
        this.terms = terms;
    }

    /// Looks at the lease as applied here. Call it at least every `stalledAfterNanos`: a longer gap
    /// means that this node was stalled and may have missed renewals, so it counts anew.
    ///
    /// @param wallMillis the wall clock, which goes into the command for display
    /// @return the command to propose, if a whole lease, and the grace where one was given, has
    ///   passed without a change
    public Optional<Command.Expire> look(Lease lease, long nowNanos, long wallMillis) {
        boolean stalled = nowNanos - lastLookNanos > terms.stalledAfterNanos();
        lastLookNanos = nowNanos;
        return switch (lease) {
            case Lease.Vacant vacant -> {
                epoch = Epoch.NONE;
                yield Optional.empty();
            }
            case Lease.Offered offered ->
                    count(
                            offered.epoch(),
                            Command.Expire.UNCLAIMED,
                            terms.expireAfterNanos(),
                            stalled,
                            nowNanos,
                            wallMillis);
            case Lease.Held held when held.unheard() != 0 -> {
                epoch = Epoch.NONE;
                yield Optional.empty();
            }
            case Lease.Held held ->
                    count(
                            held.epoch(),
                            held.renewals(),
                            expireAfterNanos(held),
                            stalled,
                            nowNanos,
                            wallMillis);
        };
    }

    private long expireAfterNanos(Lease.Held held) {
        long lease =
                held.leaseMillis() == 0
                        ? terms.expireAfterNanos()
                        : TimeUnit.MILLISECONDS.toNanos(held.leaseMillis());
        return lease + TimeUnit.MILLISECONDS.toNanos(held.graceMillis());
    }

    private Optional<Command.Expire> count(
            Epoch seenEpoch,
            long seenRenewals,
            long afterNanos,
            boolean stalled,
            long now,
            long wallMillis) {
        if (stalled || !seenEpoch.equals(epoch) || seenRenewals != renewals) {
            epoch = seenEpoch;
            renewals = seenRenewals;
            sinceNanos = now;
            return Optional.empty();
        }
        return now - sinceNanos > afterNanos
                ? Optional.of(new Command.Expire(self, epoch, renewals, wallMillis))
                : Optional.empty();
    }
}
