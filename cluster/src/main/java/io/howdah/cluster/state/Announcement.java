package io.howdah.cluster.state;

import io.howdah.postgres.TimelineHistory;

/// The running leader, made known: only this lets a member follow. Immutable.
///
/// @param epoch its epoch
/// @param leader its name
/// @param history its timelines; a member follows only if its own position lies on them
public record Announcement(Epoch epoch, NodeName leader, TimelineHistory history) {}
