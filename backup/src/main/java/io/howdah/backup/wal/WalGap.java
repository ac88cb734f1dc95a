package io.howdah.backup.wal;

import io.howdah.postgres.TimelineId;

/// WAL that is missing where there is more of it behind. Immutable.
///
/// @param timeline the timeline on which it goes on; where that one was begun in the gap, what is
///   missing lies on the one before, too
/// @param range from where it ends to where it goes on
public record WalGap(TimelineId timeline, WalRange range) {

    @Override
    public String toString() {
        return range + " on timeline " + timeline;
    }
}
