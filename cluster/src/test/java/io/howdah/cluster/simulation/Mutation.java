package io.howdah.cluster.simulation;

/// A safety rule that is switched off, to see that the simulation misses it: those of 10-cluster,
/// "Why so fussy", and those of the dead man's switch.
enum Mutation {
    NONE,
    ATTACH_CHECK,
    UNIQUE_TIMELINES,
    BASE,
    VOTERS_BEFORE_NAMES,
    HIGHEST_POSITION,
    INCARNATION,
    /// Standbys are cut off by a reload only, and no switch ends an old primary: what it answers
    /// does not count here, what it acknowledges does. (With the certain cut it acknowledges
    /// nothing, switch or none.)
    CERTAIN_CUT,
    /// Standbys are cut off by a reload only, though the switch works: a machine that its
    /// hypervisor held wakes up before it knows that its time is over.
    CUT_BESIDE_SWITCH,
    /// Who has been cut off once counts as cut off, whomever it has followed since.
    CUT_ENDS,
    CLAIM,
    DEAD_MEANS_DEAD,
    RESTART_RULE,
    /// Where somebody ran a primary is not remembered.
    STANDBY_MARK,
    /// The switch never kills.
    DEAD_MANS_SWITCH,
    /// A beat says "I am alive", and the switch counts from when it hears that.
    DEADLINE_IN_BEAT,
    /// A restarted agent goes by the grace of its predecessor until its own renewal is confirmed.
    LIMIT,
    /// Others do not wait for the grace that a leaving agent was given.
    GRACE,
    /// A take-over ends whatever grace and lease it finds, though it was sent before these were
    /// given.
    SEEN_GRACE,
    /// A lease expires though its holder has not heard that a pause is over.
    UNHEARD_RESUME,
    /// Each node counts how long a lease is by its own configuration.
    HOLDERS_LEASE,
    /// A standby whose service file is empty is taken for one that nothing flows into.
    STANDS_STILL,
    /// A change of voters that a former agent asked for is not made void.
    SETTLED_RECORD,
    /// Whoever an operator names leads, whether or not the votes show that it holds everything.
    CHOICE
}
