package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// Asks the node that it is sent to to give up its data directory for a fresh copy of the
/// primary's. Immutable.
///
/// @param member the node that is meant, refused by any other; null: whichever is asked
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReinitializeRequest(@Nullable String member) {}
