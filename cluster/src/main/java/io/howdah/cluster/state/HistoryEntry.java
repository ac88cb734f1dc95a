package io.howdah.cluster.state;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;

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
public record HistoryEntry(
        Epoch epoch,
        TimelineId timeline,
        Lsn switchLsn,
        NodeName leader,
        String reason,
        long atMillis,
        long outageMillis) {}
