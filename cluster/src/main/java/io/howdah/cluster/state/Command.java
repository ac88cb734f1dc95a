package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Everything that can change the agreed state. A command says what its sender believes (node,
/// epoch, renewal), so that one that comes too late is refused by `ClusterState.apply` instead of
/// doing harm. Times are the sender's wall clock in milliseconds, for display only: no rule reads
/// them.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Command.Report.class, name = "report"),
    @JsonSubTypes.Type(value = Command.Initialise.class, name = "initialise"),
    @JsonSubTypes.Type(value = Command.CastVote.class, name = "vote"),
    @JsonSubTypes.Type(value = Command.Claim.class, name = "claim"),
    @JsonSubTypes.Type(value = Command.Renew.class, name = "renew"),
    @JsonSubTypes.Type(value = Command.Furlough.class, name = "furlough"),
    @JsonSubTypes.Type(value = Command.Expire.class, name = "expire"),
    @JsonSubTypes.Type(value = Command.Release.class, name = "release"),
    @JsonSubTypes.Type(value = Command.HandOver.class, name = "hand-over"),
    @JsonSubTypes.Type(value = Command.Announce.class, name = "announce"),
    @JsonSubTypes.Type(value = Command.SetVoters.class, name = "set-voters"),
    @JsonSubTypes.Type(value = Command.RequestSwitchover.class, name = "request-switchover"),
    @JsonSubTypes.Type(value = Command.CancelSwitchover.class, name = "cancel-switchover"),
    @JsonSubTypes.Type(value = Command.ForceFailover.class, name = "force-failover")
})
public sealed interface Command {

    /// The lowest [Protocol] that has this command as it is here: it is proposed only when every
    /// member speaks that.
    default int protocol() {
        return Protocol.FIRST;
    }

    /// A node says what it is.
    record Report(NodeName node, Member member) implements Command {}

    /// The first node with an empty data directory asks to initialise the cluster.
    record Initialise(NodeName node, long atMillis) implements Command {}

    /// A member has cut itself off from every epoch before `epoch` and says how far its WAL
    /// reaches.
    record CastVote(NodeName node, Epoch epoch, Vote vote) implements Command {}

    /// The node that an epoch was offered to takes it.
    ///
    /// @param vote what it holds now; null only for the node that initialises the cluster and has
    ///   no data yet
    record Claim(NodeName node, Epoch epoch, @Nullable Vote vote) implements Command {}

    /// The holder goes on.
    record Renew(NodeName node, Epoch epoch, long atMillis) implements Command {}

    /// The holder's agent is about to be restarted while its PostgreSQL goes on: a renewal that
    /// others let stand for `graceMillis` longer than a lease. The next renewal ends it.
    ///
    /// @param graceMillis 0 to [Lease.Held#GRACE_MILLIS_MAXIMUM]
    record Furlough(NodeName node, Epoch epoch, long graceMillis, long atMillis)
            implements Command {}

    /// The proposer has seen no renewal after number `renewals` for a whole lease, nor (for an
    /// offer, `renewals` is 0) a claim.
    record Expire(NodeName proposer, Epoch epoch, long renewals, long atMillis)
            implements Command {}

    /// The holder's PostgreSQL has ended, every process of it, and it gives the lease back.
    record Release(NodeName node, Epoch epoch, String reason, long atMillis) implements Command {}

    /// The holder's PostgreSQL has been shut down in order and `to` has flushed its last byte: the
    /// lease is `to`'s to claim.
    ///
    /// @param shutdown the end of WAL of the node that hands over
    record HandOver(
            NodeName node,
            Epoch epoch,
            NodeName to,
            Position shutdown,
            String reason,
            long atMillis)
            implements Command {}

    /// The leader of `epoch` is promoted, and others may follow.
    ///
    /// @param base the switch point
    /// @param history the timelines of the new primary
    /// @param incarnation of its data directory
    /// @param systemId of its data directory
    record Announce(
            NodeName node,
            Epoch epoch,
            Incarnation incarnation,
            Position base,
            TimelineHistory history,
            SystemId systemId,
            long atMillis)
            implements Command {}

    /// The leader changes who has to be asked in the next election, from what it knows as
    /// `version`. The order of such changes is `SyncPlan`'s.
    record SetVoters(
            NodeName node,
            Epoch epoch,
            long version,
            SortedMap<NodeName, Incarnation> voters,
            int required)
            implements Command {}

    /// An operator asks for a switchover; the leader carries it out.
    record RequestSwitchover(Switchover switchover) implements Command {}

    /// The leader gives a switchover up.
    record CancelSwitchover(NodeName node, Epoch epoch, String why) implements Command {}

    /// The operator's way out when too few members can vote: `to` is offered the lease though
    /// acknowledged writes may be missing there.
    ///
    /// @param epoch the epoch to begin, one above the last
    /// @param by who asked
    record ForceFailover(NodeName to, Epoch epoch, String by, long atMillis) implements Command {}
}
