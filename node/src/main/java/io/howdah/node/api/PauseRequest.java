package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// Asks to pause the cluster, or to resume it. Immutable.
///
/// @param by who asks, as the history and the status show it; null: not said
/// @param why the reason to show; null: not said, and without meaning for a resume
/// @param leaderIsGone for a resume: true says that the leader's PostgreSQL does not run and never
///   will by itself, so others may lead before its node has heard; null: false
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PauseRequest(
        @Nullable String by, @Nullable String why, @Nullable Boolean leaderIsGone) {

    /// Without a word about the leader.
    public PauseRequest(@Nullable String by, @Nullable String why) {
        this(by, why, null);
    }
}
