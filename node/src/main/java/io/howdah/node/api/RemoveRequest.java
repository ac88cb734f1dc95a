package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// Asks to take a member out of the cluster. Immutable.
///
/// @param node which; may be left out where a node is asked to leave itself
/// @param by who asks; null: not said
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RemoveRequest(@Nullable String node, @Nullable String by) {}
