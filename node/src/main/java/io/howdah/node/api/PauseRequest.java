package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// Asks to pause the cluster, or to resume it. Immutable.
///
/// @param by who asks, as the history and the status show it; null: not said
/// @param why the reason to show; null: not said, and without meaning for a resume
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PauseRequest(@Nullable String by, @Nullable String why) {}
