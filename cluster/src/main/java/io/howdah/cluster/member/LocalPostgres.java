package io.howdah.cluster.member;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/// This node's PostgreSQL: what the agent can see of it and do to it. Each act is complete when the
/// method returns, or it throws and has done nothing that endangers a promise. Only `kill` may be
/// called while another act is under way; all else comes from one thread.
public interface LocalPostgres {

    /// What it is now. Answers within about a second, also when the server hangs (then `Silent`).
    LocalStatus status();

    /// Whether somebody ran a primary in a standby's data directory, as of the last `status`: what
    /// was written there may bear a timeline that was granted to another.
    ///
    /// @return the highest timeline that it can have come to as a standby: of those above it none
    ///   is what its number says
    Optional<TimelineId> strayedFrom();

    /// What stands in the way of this PostgreSQL though nothing is wrong with it: a full or
    /// read-only volume, as a fact and a HINT. Answers at once.
    default Optional<String> obstacle() {
        return Optional.empty();
    }

    /// Why it has ended by itself a moment ago and will do so again: a fact and a HINT; empty when
    /// it has not.
    default Optional<String> complaint() {
        return Optional.empty();
    }

    /// By which versions of glibc and ICU its databases sort, as of its last answers; empty when
    /// none matters or none is known.
    default String collations() {
        return "";
    }

    /// Ends every process of it, at once: dead means dead. Returns when all are gone. Thread-safe,
    /// can interrupt any other act.
    ///
    /// @throws RuntimeException when a process does not end (a hung disk): the caller must count it
    ///   as alive
    void kill();

    /// Makes a new, empty database cluster. Needs `Absent`. Until `initialisationAnnounced`,
    /// `isInitialisedHere` is true.
    void initialise();

    /// Whether the data directory was initialised here and never announced: such a one may be
    /// started afresh.
    boolean isInitialisedHere();

    /// Deletes a data directory for which `isInitialisedHere` holds: another node's became the
    /// cluster.
    void discardInitialised();

    /// The data directory is the cluster's now.
    void initialisationAnnounced();

    /// What an operator has ordered to adopt here; empty when there is nothing to do about it.
    default Optional<AdoptionOrder> ordered() {
        return Optional.empty();
    }

    /// Stops the server that Howdah did not start, in order. Where a standby's data are not what
    /// they were when the order was given, it fails, and the order is void.
    ///
    /// @return its last checkpoint, and the timelines that led there
    default Position stopFormer(AdoptionOrder order) {
        throw new UnsupportedOperationException("adoption");
    }

    /// Makes the data directory of a stopped former server this node's; the order is carried out.
    default void takeIn(AdoptionOrder order) {
        throw new UnsupportedOperationException("adoption");
    }

    /// The order is of no use any more.
    default void forgetOrder() {}

    /// Starts it as a standby that follows nobody; or, where it was rewound to this upstream, as
    /// one that follows it.
    void startStandby(Optional<Upstream> rewoundTo);

    /// Starts it as a primary behind closed doors, with every commit waiting (`InForce.Nobody`).
    /// Only for the holder of the lease.
    void startPrimary();

    /// A fast shutdown, as an operator would do it.
    ///
    /// @return the position that every follower must have flushed to hold everything that was
    ///   acknowledged
    /// @throws RuntimeException when it has not ended at the deadline
    Position stop(Duration deadline);

    /// The cut: never again helps an earlier leader to acknowledge (10-cluster, "A vote is a
    /// promise", rule 2).
    ///
    /// @return how far its WAL reaches, certain not to grow
    /// @throws RuntimeException when that cannot be had in time. The cut holds all the same (a
    ///   receiver that does not end takes its server with it); there is nothing to vote with yet
    Position cut();

    /// Lets a standby stream from a leader. The caller has checked that its position lies on the
    /// leader's history.
    void follow(Upstream upstream);

    /// Lets a standby that is cut off, and has voted, stream from another such one that reaches
    /// further: by a name that is in nobody's `synchronous_standby_names`, so whoever may answer
    /// there, nothing is acknowledged by it. Does nothing where it does so already. `cut` ends it.
    ///
    /// @param source the member, with the epoch that is over
    void catchUp(Upstream source);

    /// Makes a primary of a standby, on exactly the granted timeline, with every commit waiting for
    /// somebody named in `first`.
    ///
    /// @param advanced called again and again while WAL that it has received is still replayed:
    ///   that may take long, and is no reason to give up
    /// @return its history, which ends with the switch point
    /// @throws RuntimeException when it is not a primary on that timeline: it is then stopped
    TimelineHistory promote(TimelineId granted, InForce first, Epoch epoch, Runnable advanced);

    /// Admits clients.
    void open();

    /// Brings into force what a commit waits for, for certain, before it returns: the checkpointer
    /// has taken it, and no WAL sender acknowledges by an older setting.
    ///
    /// @return the end of WAL, taken after that
    Lsn enforce(InForce next, Epoch epoch);

    /// The standbys that stream from here. Empty on a standby.
    List<Follower> followers();

    /// Sees to it that every member has its slot here, and nobody else a slot of ours.
    ///
    /// @param primary whether this is the primary: only there does a slot keep WAL
    void keepSlots(Set<NodeName> members, boolean primary);

    /// Sees to it, now and then, that Howdah's own roles are as they are to be. Never fails; costs
    /// next to nothing while it is not yet time to look again.
    ///
    /// @param epoch in which this is the primary, open or not
    void keepRoles(Epoch epoch);

    /// Whether this is in force still: `ALTER SYSTEM` may have changed it since.
    boolean isEnforced(InForce now, Epoch epoch);

    /// Writes all that is dirty, so that a shutdown has little left to do.
    void checkpoint();

    /// Begins a checkpoint that is written at full speed beside everything else, and returns at
    /// once; where one is under way, that is it.
    ///
    /// @return done once it is written; fails when that could not be
    CompletableFuture<Void> beginCheckpoint();

    /// Makes this data directory follow the upstream's history: `pg_rewind` where it is there and
    /// does, else a fresh copy. Leaves it stopped, as a standby, with a new incarnation.
    default void rejoin(Upstream upstream) {
        rejoin(upstream, CopySources.anywhere(List.of()));
    }

    /// Makes a fresh copy of the upstream. Leaves it stopped, as a standby, with a new incarnation.
    default void copy(Upstream upstream) {
        copy(upstream, CopySources.anywhere(List.of()));
    }

    /// As `rejoin` and `copy`, but where a copy is made, it is made from the first of `sources`
    /// that will do; from the leader where none does.
    void rejoin(Upstream leader, CopySources sources);

    /// See `rejoin(Upstream, CopySources)`.
    void copy(Upstream leader, CopySources sources);

    /// Whether the upstream can still send what this standby needs next: its slot there holds it.
    boolean canCatchUp(Upstream upstream, Position from);

    /// Whether the upstream can still send what a rewound standby needs to become consistent: it
    /// answers no query before, so how far it is stands in its files.
    boolean canBecomeConsistent(Upstream upstream);

    /// Takes other settings of the operator's, into the files and, where it runs, into force; what
    /// needs a restart waits for one.
    ///
    /// @param parameters settings of `postgresql.conf`
    /// @param access lines of `pg_hba.conf`
    /// @param others whether there are members that follow a primary here
    /// @throws RuntimeException when one is not allowed; nothing is changed then
    void configure(SortedMap<String, String> parameters, List<String> access, boolean others);

    /// Connects to another member, to ask it how far it has flushed.
    FlushProbe flushProbe(Upstream member);

    /// A replication connection to another member. For one thread.
    interface FlushProbe extends AutoCloseable {

        /// The flushed end of its WAL.
        Lsn flushed();

        @Override
        void close();
    }
}
