package io.howdah.node.backup;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// When a drill is due. Time is cut into slots, the same for all nodes; each slot has one drill.
/// Pure.
///
/// @param every how long a slot is
record DrillSchedule(Duration every) {

    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /// A primary lets the standbys' workers go first for this part of a slot.
    private static final int PRIMARYS_PATIENCE = 10;

    /// When the slot of a moment began.
    Instant slot(Instant now) {
        long length = every.toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(now.toEpochMilli(), length) * length);
    }

    /// What it is called among all.
    static String name(Instant slot) {
        return NAME.format(slot);
    }

    /// Whether a node may do the slot's drill now.
    ///
    /// @param primary whether the node's server is the primary
    /// @param last when the newest drill began; null where there was none
    boolean isDue(Instant now, boolean primary, @Nullable Instant last) {
        Instant slot = slot(now);
        boolean done = last != null && !last.isBefore(slot);
        Instant from = primary ? slot.plus(every.dividedBy(PRIMARYS_PATIENCE)) : slot;
        return !done && !now.isBefore(from);
    }
}
