package io.howdah.node.api;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One change of the primary. Immutable.
///
/// @param epoch the epoch that began
/// @param timeline the timeline that began
/// @param switchLsn where the timeline left its parent; null for the first
/// @param leader the node that became the primary
/// @param reason why, such as `bootstrap`, `crashed`, `switchover`, `expired`
/// @param at when it was opened to clients
/// @param outageMillis how long writes were not possible, as the cluster saw it; null when unknown
public record HistoryRow(
        long epoch,
        TimelineId timeline,
        @Nullable Lsn switchLsn,
        String leader,
        String reason,
        Instant at,
        @Nullable Long outageMillis) {

    /// @throws NullPointerException when timeline, leader, reason or time is missing
    public HistoryRow {
        Objects.requireNonNull(timeline, "timeline");
        Objects.requireNonNull(leader, "leader");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(at, "at");
    }
}
