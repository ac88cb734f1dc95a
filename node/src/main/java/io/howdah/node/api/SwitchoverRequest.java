package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Asks the primary to hand over in good order; nothing is lost and nothing is forced. Immutable.
///
/// @param leader the node expected to be the primary, refused when it is not; null: whoever it is
/// @param candidate the node to become the primary; null: the best one
/// @param scheduledAt when, by the primary's clock (`scheduled_at` as Patroni writes it is read as
///   well); null: now
/// @param by who asks, for a scheduled one; null: not said
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SwitchoverRequest(
        @Nullable String leader,
        @Nullable String candidate,
        @JsonAlias("scheduled_at") @Nullable Instant scheduledAt,
        @Nullable String by) {

    /// One for now.
    public SwitchoverRequest(@Nullable String leader, @Nullable String candidate) {
        this(leader, candidate, null, null);
    }
}
