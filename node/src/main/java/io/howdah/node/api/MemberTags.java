package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// What the operator said about a member in its `tags`. Immutable.
///
/// @param nofailover never elected while another member can be
/// @param failoverPriority decides between equal positions, the higher wins; 0 or above
/// @param zone where the member stands, such as a data centre's name; null when not said
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MemberTags(boolean nofailover, int failoverPriority, @Nullable String zone) {}
