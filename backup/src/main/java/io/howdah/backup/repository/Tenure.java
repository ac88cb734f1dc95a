package io.howdah.backup.repository;

import io.howdah.postgres.TimelineId;
import java.time.Instant;

/// One change of leadership, as the nodes of a cluster have agreed on it. No other cluster agrees
/// on the same one, whatever it is a copy of: who led, and since when, is its own. Immutable.
///
/// @param epoch the epoch that began
/// @param leader the name of the node that leads in it
/// @param timeline on which timeline
/// @param began when it was announced, by that node's clock
public record Tenure(long epoch, String leader, TimelineId timeline, Instant began) {

    @Override
    public String toString() {
        return leader + ", epoch " + epoch + ", timeline " + timeline + ", since " + began;
    }
}
