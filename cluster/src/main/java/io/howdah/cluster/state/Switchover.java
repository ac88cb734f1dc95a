package io.howdah.cluster.state;

import org.jspecify.annotations.Nullable;

/// A request to hand the lease over, not yet fulfilled. Immutable.
///
/// @param epoch the epoch to end; the request is void in any other
/// @param to the wished target; null leaves the choice to the leader
public record Switchover(Epoch epoch, @Nullable NodeName to) {}
