package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
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
/// @param forced failovers with data loss allowed that led to it; empty for every other change
public record HistoryRow(
        long epoch,
        TimelineId timeline,
        @Nullable Lsn switchLsn,
        String leader,
        String reason,
        Instant at,
        @Nullable Long outageMillis,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
                List<ForcedFailoverRow> forced) {

    /// @throws NullPointerException when timeline, leader, reason or time is missing
    public HistoryRow {
        Objects.requireNonNull(timeline, "timeline");
        Objects.requireNonNull(leader, "leader");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(at, "at");
        forced = List.copyOf(forced);
    }

    /// A change that nobody forced.
    public HistoryRow(
            long epoch,
            TimelineId timeline,
            @Nullable Lsn switchLsn,
            String leader,
            String reason,
            Instant at,
            @Nullable Long outageMillis) {
        this(epoch, timeline, switchLsn, leader, reason, at, outageMillis, List.of());
    }
}
