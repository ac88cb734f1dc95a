package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// A request to hand the lease over, not yet fulfilled. Immutable.
///
/// @param epoch the epoch to end; the request is void in any other
/// @param to the wished target; null leaves the choice to the leader
/// @param plan what it was planned as; null when somebody asked for it at once
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Switchover(Epoch epoch, @Nullable NodeName to, @Nullable PlannedSwitchover plan) {

    /// One that somebody asked for at once.
    public Switchover(Epoch epoch, @Nullable NodeName to) {
        this(epoch, to, null);
    }

    /// One that its leader gave up, as nothing was stopped yet.
    ///
    /// @param request what was asked for
    /// @param why what kept the leader from it
    public record Cancelled(Switchover request, String why) {}
}
