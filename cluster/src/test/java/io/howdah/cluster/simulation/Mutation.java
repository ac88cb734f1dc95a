package io.howdah.cluster.simulation;

/// A safety rule that is switched off, to see that the simulation misses it (10-cluster, "Why so
/// fussy"). "Deadline in the beat" is not among them: the dead man's switch is not simulated, and
/// `ToldDeadlineTest` shows that rule.
enum Mutation {
    NONE,
    ATTACH_CHECK,
    UNIQUE_TIMELINES,
    BASE,
    VOTERS_BEFORE_NAMES,
    HIGHEST_POSITION,
    INCARNATION,
    CERTAIN_CUT,
    CLAIM,
    DEAD_MEANS_DEAD,
    RESTART_RULE
}
