package io.howdah.cluster.state;

import org.jspecify.annotations.Nullable;

/// A request to hand the lease over, not yet fulfilled. Immutable.
///
/// @param epoch the epoch to end; the request is void in any other
/// @param to the wished target; null leaves the choice to the leader
public record Switchover(Epoch epoch, @Nullable NodeName to) {

    /// One that its leader gave up, as nothing was stopped yet.
    ///
    /// @param request what was asked for
    /// @param why what kept the leader from it
    public record Cancelled(Switchover request, String why) {}
}
