package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a member's agent goes by at this moment, of what the cluster has agreed. Immutable.
///
/// @param paused whether it acts as in a pause
/// @param configVersion the version of the cluster's configuration that its PostgreSQL has; null
///   when none was agreed yet, or not taken yet
/// @param pendingRestart the settings that wait for a restart of its PostgreSQL
/// @param problem why it does not take the latest configuration; null when it does
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AppliedState(
        boolean paused,
        @Nullable Long configVersion,
        List<PendingSetting> pendingRestart,
        @Nullable String problem) {

    /// One setting whose new value comes into force at a restart only.
    ///
    /// @param name the setting
    /// @param running the value in force
    /// @param configured the value after a restart
    public record PendingSetting(String name, String running, String configured) {}

    public AppliedState {
        pendingRestart = List.copyOf(pendingRestart);
    }
}
