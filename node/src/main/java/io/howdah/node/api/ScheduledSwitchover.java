package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A switchover for later, or one that came to nothing. Immutable.
///
/// @param at when it is, or was, due
/// @param to the new primary; null: the best member
/// @param by who asked for it
/// @param dropped why nothing came of it; null while it is still to come
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScheduledSwitchover(
        Instant at, @Nullable String to, String by, @Nullable String dropped) {

    /// @throws NullPointerException when the time or who is missing
    public ScheduledSwitchover {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(by, "by");
    }
}
