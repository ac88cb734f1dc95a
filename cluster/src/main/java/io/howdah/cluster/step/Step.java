package io.howdah.cluster.step;

/// A point in an action behind which the disk, PostgreSQL or the agreed state is another than
/// before. Whoever adds a longer action adds its steps here: the test that ends the agent at each
/// of them fails until it reaches the new ones.
public enum Step {
    /// initdb: the directory that will be made is marked as one that nobody else has.
    INITIALISE_MARKED,
    /// initdb is about to run.
    INITDB_RUNS,
    /// The new database's server runs, to have its first roles made.
    FIRST_SERVER_RUNS,
    /// Roles and the first database are there.
    FIRST_OBJECTS_MADE,

    /// An adoption: the operator has confirmed it, the former server still serves.
    ADOPTION_ORDERED,
    /// The former server is stopped; from here on any start is a standby's.
    ADOPTION_STOPPED,
    /// The cluster's database is agreed; the data directory is not ours yet.
    ADOPTION_AGREED,
    /// It is ours, the order to adopt it is still there.
    ADOPTION_TAKEN_IN,

    /// A copy: the source keeps WAL for it.
    COPY_SLOT_RESERVED,
    /// Files are about to come.
    COPY_RUNS,
    /// All files are here, beside the old ones.
    COPY_RECEIVED,
    /// The copy is in place; the marks of what was wrong before are not yet taken away.
    COPY_SWAPPED,

    /// A fresh data directory is whole, and lies beside the place where it belongs.
    REPLACEMENT_WHOLE,
    /// The old one is moved aside: there is none in the place.
    REPLACEMENT_OLD_ASIDE,
    /// The fresh one is in its place, the old one not yet deleted.
    REPLACEMENT_IN_PLACE,

    /// A rewind: the old incarnation is gone.
    REWIND_INCARNATION_GONE,
    /// From here on what lies in the data directory is of no use until the rewind is done.
    REWIND_MARKED,
    /// No `standby.signal` is there, as single-user recovery needs it.
    REWIND_SIGNAL_REMOVED,
    /// `pg_rewind` is about to run.
    REWIND_RUNS,
    /// `pg_rewind` is done; nothing of it is noted yet.
    REWIND_DONE,
    /// Whom it was rewound to is noted, the mark is still there.
    REWIND_NOTED,

    /// A start as a primary: `standby.signal` is gone.
    PRIMARY_SIGNAL_REMOVED,
    /// The primary runs, and `standby.signal` is not back yet.
    PRIMARY_STARTED,
    /// The standby runs.
    STANDBY_STARTED,

    /// The cut: the service file is empty, a receiver may still run.
    CUT_FILE_EMPTY,
    /// The cut is complete; nobody has heard the vote.
    CUT_DONE,
    /// The vote is agreed.
    VOTED,
    /// The lease is claimed; nothing is promoted.
    CLAIMED,

    /// A promotion: whom commits wait for is written, not in force everywhere.
    PROMOTION_NAMES_WRITTEN,
    /// History files of skipped timelines lie in `pg_wal`.
    PROMOTION_TIMELINES_PLANTED,
    /// PostgreSQL was told.
    PROMOTION_MARKED,
    /// PostgreSQL was told to promote itself.
    PROMOTION_REQUESTED,
    /// It is a primary, without `standby.signal` and unannounced.
    PROMOTED,
    /// The new leader is announced.
    ANNOUNCED,

    /// The names that commits wait for are written, not yet in force.
    NAMES_WRITTEN,
    /// They are in force, but the voters are those of before.
    NAMES_IN_FORCE,
    /// The voters are agreed, but the names are those of before.
    VOTERS_AGREED,

    /// A switchover: the target is chosen and connected to, dirty pages are written.
    SWITCHOVER_PREPARED,
    /// PostgreSQL is stopped, in order.
    SWITCHOVER_STOPPED,
    /// The target has the last byte.
    SWITCHOVER_FLUSHED,
    /// This node counts on the lease no more, and nobody has it.
    SWITCHOVER_LEASE_DROPPED,
    /// The lease is the target's to claim.
    SWITCHOVER_HANDED_OVER
}
