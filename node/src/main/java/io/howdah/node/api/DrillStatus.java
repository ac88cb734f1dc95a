package io.howdah.node.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The last time that a backup was proven by restoring it. Immutable.
///
/// @param id the report's name in the repository
/// @param at when it ended
/// @param passed whether all was as it must be
/// @param rtoMillis from the start to the first query; null where there was none
/// @param rpoMillis from the newest restored commit to the newest acknowledged one; null where that
///   was not measured
public record DrillStatus(
        String id,
        Instant at,
        boolean passed,
        @Nullable Long rtoMillis,
        @Nullable Long rpoMillis) {}
