package io.howdah.cluster.state;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import org.jspecify.annotations.Nullable;

/// The running leader, made known: only this lets a member follow. Immutable.
///
/// @param epoch its epoch
/// @param leader its name
/// @param history its timelines; a member follows only if its own position lies on them
/// @param claimed how far the leader's WAL reached when it claimed the epoch; null for the first
///   leader of all, and for one that an earlier version of Howdah announced
public record Announcement(
        Epoch epoch, NodeName leader, TimelineHistory history, @Nullable Position claimed) {

    /// PostgreSQL knows no smaller segments of WAL.
    private static final long SMALLEST_SEGMENT_BYTES = 1L << 20;

    /// The attach check: whether a member may stream from the leader as it is.
    ///
    /// Either its WAL ends on the leader's history. Or it ends past the point where the leader left
    /// that timeline, but not past what the leader itself held when it claimed. The leader replayed
    /// all that can be replayed before it was promoted; so what both hold past the switch point is
    /// the beginning of a record whose rest nobody received (a primary sends WAL page by page).
    /// Such bytes were never replayed, are never reported as flushed by a receiver that starts
    /// anew, and are overwritten by the leader's. What the member has *replayed* must lie on the
    /// history all the same, and in the same segment: a stream begins where a segment does, so the
    /// beginning of a record that reaches into the next one is not sent again. (In the simulation
    /// such members followed nobody for ever; seed 71863 at 648212e.)
    ///
    /// @param position the end of the member's WAL, standing still
    /// @param replayed how far it has replayed, on the same line
    public boolean admits(Position position, Lsn replayed) {
        if (history.contains(position.history(), position.lsn())) {
            return true;
        }
        return claimed != null
                && claimed.contains(position)
                && history.contains(position.history(), replayed)
                && position.lsn().value() / SMALLEST_SEGMENT_BYTES
                        == replayed.value() / SMALLEST_SEGMENT_BYTES;
    }
}
