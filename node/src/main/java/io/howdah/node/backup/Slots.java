package io.howdah.node.backup;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// When work on a schedule is due. Time is cut into slots, the same for all nodes, and in each it
/// is done once. Pure.
///
/// @param every how long a slot is
/// @param offset from 1970 on, in UTC, to where one begins
record Slots(Duration every, Duration offset) {

    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /// A primary lets the standbys' workers go first for this part of a slot, and no longer than
    /// that.
    private static final int PRIMARYS_PART = 10;

    private static final Duration PRIMARYS_PATIENCE = Duration.ofMinutes(10);

    /// Slots of which one begins with 1970, in UTC.
    Slots(Duration every) {
        this(every, Duration.ZERO);
    }

    /// Slots of which one begins at a time of day, in UTC.
    static Slots of(Duration every, LocalTime at) {
        return new Slots(every, Duration.ofSeconds(at.toSecondOfDay()));
    }

    /// When the slot of a moment began.
    Instant slot(Instant now) {
        return Instant.ofEpochMilli(number(now) * every.toMillis() + offset.toMillis());
    }

    /// Which slot a moment is in, counted from 1970 on.
    long number(Instant now) {
        return Math.floorDiv(now.minus(offset).toEpochMilli(), every.toMillis());
    }

    /// What the slot of a moment is called among all.
    String name(Instant now) {
        return NAME.format(slot(now));
    }

    /// Whether a node may do the slot's work now.
    ///
    /// @param looking since when it does work on a schedule: nodes are started one after the other
    /// @param primary whether the node's server is the primary
    /// @param last when it was begun last; null where it never was
    boolean isDue(Instant now, Instant looking, boolean primary, @Nullable Instant last) {
        Instant slot = slot(now);
        boolean done = last != null && !last.isBefore(slot);
        Instant since = looking.isAfter(slot) ? looking : slot;
        return !done && !(primary && now.isBefore(since.plus(patience())));
    }

    private Duration patience() {
        Duration part = every.dividedBy(PRIMARYS_PART);
        return part.compareTo(PRIMARYS_PATIENCE) < 0 ? part : PRIMARYS_PATIENCE;
    }
}
