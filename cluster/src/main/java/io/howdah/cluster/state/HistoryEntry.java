package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.List;

/// One change of leadership. Immutable.
///
/// @param epoch the epoch that began
/// @param timeline its timeline
/// @param switchLsn where it begins
/// @param leader who leads it
/// @param reason why it began
/// @param atMillis wall clock of the new leader when it was announced
/// @param outageMillis from the end of service to the announcement, by the clocks of the nodes that
///   reported them
/// @param forced failovers with data loss allowed that led here: since the change before, so with
///   those whose winner never came up
public record HistoryEntry(
        Epoch epoch,
        TimelineId timeline,
        Lsn switchLsn,
        NodeName leader,
        String reason,
        long atMillis,
        long outageMillis,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<ForcedFailover> forced) {

    public HistoryEntry {
        forced = List.copyOf(forced);
    }
}
