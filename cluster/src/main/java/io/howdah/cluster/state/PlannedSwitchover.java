package io.howdah.cluster.state;

import org.jspecify.annotations.Nullable;

/// A switchover for later. Unlike a `Switchover` it outlives the epoch in which it was asked for:
/// whoever leads when it is due hands over. Immutable.
///
/// @param to the wished target; null leaves the choice to the leader
/// @param atMillis when it is due, by the leader's wall clock
/// @param by who asked for it
/// @param askedMillis when it was asked for, by the wall clock of the node that was asked
public record PlannedSwitchover(@Nullable NodeName to, long atMillis, String by, long askedMillis) {

    /// A plan that was not carried out.
    ///
    /// @param plan what was planned
    /// @param why why nothing came of it
    /// @param atMillis when it was dropped
    public record Dropped(PlannedSwitchover plan, String why, long atMillis) {}
}
