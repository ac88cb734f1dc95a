package io.howdah.backup.catalog;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What was said last of whether a backup stays whatever the rules say. Immutable.
///
/// @param format the version of the format of this file
/// @param kept whether it stays
/// @param until up to when it does, by the store's clock; null: until something else is said
/// @param gone true once a sweep has begun to remove the backup: nothing is said of it after that;
///   else it is not there
public record Keep(int format, boolean kept, @Nullable Instant until, @Nullable Boolean gone) {

    /// Whether the backup stays at a moment.
    ///
    /// @param now by the store's clock
    public boolean holds(Instant now) {
        return kept && (until == null || now.isBefore(until));
    }

    /// Up to when it stays; empty for no end.
    public Optional<Instant> end() {
        return Optional.ofNullable(until);
    }

    /// Whether a sweep removes it.
    public boolean isGone() {
        return gone != null && gone;
    }
}
