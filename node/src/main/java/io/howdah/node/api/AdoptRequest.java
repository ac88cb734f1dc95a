package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/// Asks the node that it is sent to to adopt the database in its data directory. Immutable.
///
/// @param member the node that is meant, refused by any other; null: whichever is asked
/// @param dryRun only say what would be done
/// @param by who asks; null: not said
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AdoptRequest(
        @Nullable String member, @JsonProperty("dry_run") boolean dryRun, @Nullable String by) {}
