package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Asks for a new primary while there may be none to hand over. Immutable.
///
/// @param candidate the node to become the primary
/// @param allowDataLoss take it even when it may lack acknowledged writes; recorded in the history
/// @param by who asks, for that record; null: not said
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FailoverRequest(String candidate, boolean allowDataLoss, @Nullable String by) {

    /// @throws NullPointerException when the candidate is missing
    public FailoverRequest {
        Objects.requireNonNull(candidate, "candidate");
    }

    /// From somebody who does not say who he is.
    public FailoverRequest(String candidate, boolean allowDataLoss) {
        this(candidate, allowDataLoss, null);
    }
}
