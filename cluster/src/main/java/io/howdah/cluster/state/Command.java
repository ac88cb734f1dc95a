package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Everything that can change the agreed state. A command says what its sender believes (node,
/// epoch, renewal), so that one that comes too late is refused by `ClusterState.apply` instead of
/// doing harm. Times are the sender's wall clock in milliseconds, for display only: no rule reads
/// them.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Command.Report.class, name = "report"),
    @JsonSubTypes.Type(value = Command.Remove.class, name = "remove"),
    @JsonSubTypes.Type(value = Command.CancelRemove.class, name = "cancel-remove"),
    @JsonSubTypes.Type(value = Command.Forget.class, name = "forget"),
    @JsonSubTypes.Type(value = Command.Initialise.class, name = "initialise"),
    @JsonSubTypes.Type(value = Command.Adopt.class, name = "adopt"),
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
    @JsonSubTypes.Type(value = Command.Elect.class, name = "elect"),
    @JsonSubTypes.Type(value = Command.ForceFailover.class, name = "force-failover"),
    @JsonSubTypes.Type(value = Command.Suspend.class, name = "pause"),
    @JsonSubTypes.Type(value = Command.Resume.class, name = "resume"),
    @JsonSubTypes.Type(value = Command.SawTimeline.class, name = "saw-timeline"),
    @JsonSubTypes.Type(value = Command.BeginSettings.class, name = "begin-settings"),
    @JsonSubTypes.Type(value = Command.ChangeSettings.class, name = "change-settings"),
    @JsonSubTypes.Type(value = Command.PlanSwitchover.class, name = "plan-switchover"),
    @JsonSubTypes.Type(value = Command.DropPlan.class, name = "drop-plan"),
    @JsonSubTypes.Type(value = Command.BeginPlanned.class, name = "begin-planned")
})
public sealed interface Command {

    /// The lowest [Protocol] that has this command as it is here: it is proposed only when every
    /// member speaks that.
    default int protocol() {
        return Protocol.FIRST;
    }

    /// What changes who belongs to the cluster.
    sealed interface Membership extends Command permits Report, Remove, CancelRemove, Forget {}

    /// A node says what it is.
    ///
    /// @param peerId under which it takes part in consensus; null from an earlier version
    record Report(NodeName node, Member member, @Nullable String peerId) implements Membership {
        /// From a node that was never taken out.
        public Report(NodeName node, Member member) {
            this(node, member, null);
        }
    }

    /// An operator takes a member out; the leader takes it off the voters.
    ///
    /// @param by who asked
    record Remove(NodeName node, String by) implements Membership {}

    /// A member that is leaving stays: it could not be taken off the voters in time.
    record CancelRemove(NodeName node) implements Membership {}

    /// A member that is leaving and no voter any more is forgotten.
    ///
    /// @param peerId under which it took part in consensus
    /// @param atMillis certificates that were made for it before open nothing any more; 0 from an
    ///   earlier version
    record Forget(NodeName node, String peerId, long atMillis) implements Membership {}

    /// The first node with an empty data directory asks to initialise the cluster.
    record Initialise(NodeName node, long atMillis) implements Command {}

    /// A node that holds a database made elsewhere brings it in, before the cluster has one: its
    /// server is stopped, and any start from here on is a standby's.
    ///
    /// @param incarnation of its data directory
    /// @param systemId of its data directory
    /// @param end its last checkpoint, and the timelines that led there
    /// @param settings what the cluster begins with: those of the node's howdah.yaml, and what the
    ///   former server had
    /// @param highest the highest timeline that a copy of this database may be on, wherever it is;
    ///   null where that is its own
    record Adopt(
            NodeName node,
            Incarnation incarnation,
            SystemId systemId,
            Position end,
            ClusterSettings settings,
            long atMillis,
            @Nullable TimelineId highest)
            implements Command {

        /// Of a database that no copy is ahead of.
        public Adopt(
                NodeName node,
                Incarnation incarnation,
                SystemId systemId,
                Position end,
                ClusterSettings settings,
                long atMillis) {
            this(node, incarnation, systemId, end, settings, atMillis, null);
        }
    }

    /// A member has cut itself off from every epoch before `epoch` and says how far its WAL
    /// reaches.
    record CastVote(NodeName node, Epoch epoch, Vote vote) implements Command {}

    /// The node that an epoch was offered to takes it.
    ///
    /// @param vote what it holds now; null only for the node that initialises the cluster and has
    ///   no data yet
    /// @param leaseMillis how long a lease it counts with; others go by that. 0: it does not say
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    record Claim(NodeName node, Epoch epoch, @Nullable Vote vote, long leaseMillis)
            implements Command {

        /// Of a node that does not say how long it counts.
        public Claim(NodeName node, Epoch epoch, @Nullable Vote vote) {
            this(node, epoch, vote, 0);
        }
    }

    /// The holder goes on.
    ///
    /// @param flushed the end of its WAL as it saw it last; null when it has not looked yet
    /// @param heard how often the cluster had been resumed, as its agent knew when it sent this: it
    ///   had bound its PostgreSQL to the lease again before
    /// @param seen how often the lease had been renewed, as its agent knew when it sent this: only
    ///   who has seen a grace, or a longer lease, ends it, as one of an agent before may be applied
    ///   late
    /// @param leaseMillis as in [Claim]
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    record Renew(
            NodeName node,
            Epoch epoch,
            long atMillis,
            @Nullable Lsn flushed,
            long heard,
            long seen,
            long leaseMillis)
            implements Command {

        /// Of a node that has looked at nothing, heard of no resume and does not say how long it
        /// counts.
        public Renew(NodeName node, Epoch epoch, long atMillis, long seen) {
            this(node, epoch, atMillis, null, 0, seen, 0);
        }
    }

    /// The holder's agent is about to be restarted while its PostgreSQL goes on: a renewal that
    /// others let stand for `graceMillis` longer than a lease. The next agent ends it, by renewals
    /// that have seen it. One that is applied late takes nothing off a grace that stands.
    ///
    /// @param graceMillis 0 to [Lease.Held#GRACE_MILLIS_MAXIMUM]
    /// @param heard as in [Renew]
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    record Furlough(NodeName node, Epoch epoch, long graceMillis, long atMillis, long heard)
            implements Command {
        public Furlough(NodeName node, Epoch epoch, long graceMillis, long atMillis) {
            this(node, epoch, graceMillis, atMillis, 0);
        }
    }

    /// The proposer has seen no renewal after number `renewals` for a whole lease; or no claim of
    /// an offer, which ends no lease that was claimed meanwhile.
    ///
    /// @param renewals [#UNCLAIMED] for an offer
    record Expire(NodeName proposer, Epoch epoch, long renewals, long atMillis) implements Command {

        /// No held lease was renewed that often.
        public static final long UNCLAIMED = -1;
    }

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
    record CancelSwitchover(NodeName node, Switchover request, String why, long atMillis)
            implements Command {}

    /// An operator chooses one that holds everything, though no election takes it or the votes have
    /// not led to one yet; `to` is offered the lease only if the votes show that it does.
    ///
    /// @param epoch the epoch to begin, one above the last
    /// @param by who asked
    record Elect(NodeName to, Epoch epoch, String by) implements Command {}

    /// The operator's way out when too few members can vote: `to` is offered the lease though
    /// acknowledged writes may be missing there.
    ///
    /// @param epoch the epoch to begin, one above the last
    /// @param by who asked
    record ForceFailover(NodeName to, Epoch epoch, String by, long atMillis) implements Command {}

    /// What operators ask of the cluster as a whole, and what agents make of it.
    sealed interface Operation extends Command {}

    /// An operator pauses the cluster.
    record Suspend(Pause pause) implements Operation {}

    /// An operator ends the pause.
    ///
    /// @param leaderIsGone the operator's word that the PostgreSQL of the lease's holder does not
    ///   run: others may lead though the holder has not heard of this. Counts after a resume, too
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    record Resume(String by, long atMillis, boolean leaderIsGone) implements Operation {
        public Resume(String by, long atMillis) {
            this(by, atMillis, false);
        }
    }

    /// A node's own PostgreSQL is on a timeline that was never granted: somebody promoted it by
    /// hand. That number must never be granted.
    record SawTimeline(NodeName node, TimelineId timeline) implements Operation {}

    /// The leader writes down the settings that the cluster begins with.
    record BeginSettings(NodeName node, Epoch epoch, ClusterSettings settings)
            implements Operation {}

    /// An operator changes the settings, from what he saw as `settings.version() - 1`.
    record ChangeSettings(ClusterSettings settings) implements Operation {}

    /// An operator asks for a switchover at a time to come.
    record PlanSwitchover(PlannedSwitchover plan) implements Operation {}

    /// The plan is given up: by an operator, or by the leader that could not carry it out.
    record DropPlan(PlannedSwitchover.Dropped dropped) implements Operation {}

    /// The plan is due: the leader begins to hand over.
    record BeginPlanned(NodeName node, Epoch epoch, PlannedSwitchover plan) implements Operation {}
}
