package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The state of a physical replication slot. Immutable.
///
/// @param restart the oldest WAL that the slot keeps; null when it keeps none yet
/// @param restartTimeline the timeline of that position; null with it
public record PhysicalSlot(@Nullable Lsn restart, @Nullable TimelineId restartTimeline) {

    /// The oldest WAL that the slot keeps; empty when it keeps none yet.
    public Optional<Lsn> restartLsn() {
        return Optional.ofNullable(restart);
    }
}
