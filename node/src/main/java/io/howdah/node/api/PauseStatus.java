package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Who paused the cluster. Immutable.
///
/// @param by who asked for it
/// @param why the reason; null when none was given
/// @param at when
public record PauseStatus(
        String by, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String why, Instant at) {

    /// @throws NullPointerException when who or when is missing
    public PauseStatus {
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(at, "at");
    }
}
