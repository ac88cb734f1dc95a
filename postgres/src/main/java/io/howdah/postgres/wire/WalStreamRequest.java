package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a stream of WAL shall be. Immutable.
///
/// @param slotName the physical slot that keeps WAL until it is confirmed; null for none
/// @param timeline the timeline to follow, up to its end
/// @param start the position to begin at
/// @param silenceLimit the longest time without a word from the server
public record WalStreamRequest(
        @Nullable SqlIdentifier slotName, TimelineId timeline, Lsn start, Duration silenceLimit) {

    /// @throws IllegalArgumentException when the limit is not positive
    public WalStreamRequest {
        ConnectionSettings.checkPositive("the limit of silence", silenceLimit);
    }

    /// The slot, if there is to be one.
    public Optional<SqlIdentifier> slot() {
        return Optional.ofNullable(slotName);
    }

    String command() {
        return "START_REPLICATION "
                + slot().map(name -> "SLOT " + name.quoted() + " ").orElse("")
                + "PHYSICAL "
                + start
                + " TIMELINE "
                + timeline;
    }
}
