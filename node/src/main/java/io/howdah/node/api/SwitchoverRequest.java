package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// Asks the primary to hand over in good order; nothing is lost and nothing is forced. Immutable.
///
/// @param leader the node expected to be the primary, refused when it is not; null: whoever it is
/// @param candidate the node to become the primary; null: the best one
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SwitchoverRequest(@Nullable String leader, @Nullable String candidate) {}
