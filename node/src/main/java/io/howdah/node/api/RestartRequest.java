package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/// Asks the node that it is sent to for a restart of its PostgreSQL. The conditions are Patroni's;
/// one that does not hold refuses it. Immutable.
///
/// @param member the node that is meant, refused by any other; null: whichever is asked
/// @param role only while it is `primary` or `replica`; null: in either role
/// @param restartPending only where a changed setting waits for it
/// @param inPlace a primary stays one, and others wait for it; else it is handed over first
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RestartRequest(
        @Nullable String member,
        @Nullable String role,
        @JsonProperty("restart_pending") boolean restartPending,
        @JsonProperty("in_place") boolean inPlace) {}
