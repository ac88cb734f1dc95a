package io.howdah.node.api;

import java.util.Objects;

/// Asks for a new primary while there may be none to hand over. Immutable.
///
/// @param candidate the node to become the primary
/// @param allowDataLoss take it even when it may lack acknowledged writes; recorded in the history
public record FailoverRequest(String candidate, boolean allowDataLoss) {

    /// @throws NullPointerException when the candidate is missing
    public FailoverRequest {
        Objects.requireNonNull(candidate, "candidate");
    }
}
