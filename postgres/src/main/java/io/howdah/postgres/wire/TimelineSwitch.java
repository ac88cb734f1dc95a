package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;

/// Where a server's own line leaves a timeline. Immutable.
///
/// @param next the timeline that comes after it; not always the next higher number
/// @param at the position at which `next` begins
public record TimelineSwitch(TimelineId next, Lsn at) {}
