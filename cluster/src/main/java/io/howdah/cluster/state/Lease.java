package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.howdah.postgres.TimelineId;

/// Who may be primary. A grant is an offer: it counts only once its receiver has claimed it
/// (10-cluster, "Time and the lease").
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "lease")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Lease.Vacant.class, name = "vacant"),
    @JsonSubTypes.Type(value = Lease.Offered.class, name = "offered"),
    @JsonSubTypes.Type(value = Lease.Held.class, name = "held")
})
public sealed interface Lease {

    /// Wall clock when service ended before this, in milliseconds; for display only.
    long sinceMillis();

    /// Nobody is primary.
    ///
    /// @param reason why the last holder is not any more, in a word or two
    /// @param sinceMillis wall clock when service ended, as the proposer of the command saw it;
    ///   shown and used for the outage only
    record Vacant(String reason, long sinceMillis) implements Lease {}

    /// Offered, not yet claimed.
    ///
    /// @param to who may claim it
    /// @param epoch the new epoch
    /// @param timeline the timeline that a promotion in this epoch takes
    /// @param reason why there is a change
    /// @param sinceMillis wall clock when service ended
    record Offered(NodeName to, Epoch epoch, TimelineId timeline, String reason, long sinceMillis)
            implements Lease {}

    /// Claimed and renewed.
    ///
    /// @param node the holder
    /// @param epoch the epoch
    /// @param timeline the timeline granted for this epoch
    /// @param renewals how often it was renewed; an expiry names the number that it saw and is void
    ///   if there was another since
    /// @param renewedMillis wall clock at the holder when it sent the last renewal; shown only
    /// @param reason why there was a change
    /// @param sinceMillis wall clock when service ended
    /// @param leaseMillis how long a lease its holder counts with: nodes may be set up with
    ///   different ones, as in the middle of a change, and everybody goes by the holder's. 0: it
    ///   has not said
    /// @param graceMillis how much longer than a lease others wait before they call it expired: the
    ///   holder's agent is being restarted. 0 otherwise
    /// @param unheard the number of a resume of which the holder is not known to have heard: until
    ///   it has, its PostgreSQL may go on without an end, and nobody calls the lease expired. 0:
    ///   none
    record Held(
            NodeName node,
            Epoch epoch,
            TimelineId timeline,
            long renewals,
            long renewedMillis,
            String reason,
            long sinceMillis,
            long leaseMillis,
            long graceMillis,
            long unheard)
            implements Lease {

        /// The longest grace: how long a failover may be late when the host is lost during a
        /// restart of its agent.
        public static final long GRACE_MILLIS_MAXIMUM = 60_000;

        /// Without a grace, with nothing unheard, of a holder that has not said how long it counts.
        public Held(
                NodeName node,
                Epoch epoch,
                TimelineId timeline,
                long renewals,
                long renewedMillis,
                String reason,
                long sinceMillis) {
            this(node, epoch, timeline, renewals, renewedMillis, reason, sinceMillis, 0, 0, 0);
        }

        /// After one more renewal: whoever counts how long nothing was renewed counts anew.
        ///
        /// @param heard the number of the last resume that the holder has heard of
        Held renewed(long atMillis, long grace, long heard) {
            return new Held(
                    node,
                    epoch,
                    timeline,
                    renewals + 1,
                    atMillis,
                    reason,
                    sinceMillis,
                    leaseMillis,
                    grace,
                    heard >= unheard ? 0 : unheard);
        }

        /// After the end of a pause.
        ///
        /// @param number the resume's; 0 when the holder need not hear of it
        Held resumed(long number) {
            return new Held(
                    node,
                    epoch,
                    timeline,
                    renewals + 1,
                    renewedMillis,
                    reason,
                    sinceMillis,
                    leaseMillis,
                    graceMillis,
                    number);
        }

        /// As it is, of a holder that counts with another lease from here on.
        Held counted(long newLeaseMillis) {
            return new Held(
                    node,
                    epoch,
                    timeline,
                    renewals,
                    renewedMillis,
                    reason,
                    sinceMillis,
                    newLeaseMillis,
                    graceMillis,
                    unheard);
        }
    }
}
