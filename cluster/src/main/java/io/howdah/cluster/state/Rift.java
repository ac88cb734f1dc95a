package io.howdah.cluster.state;

import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;

/// Where an operator made a leader of data in which somebody had run a primary: from there on the
/// numbers of timelines mean one thing on its line and perhaps another elsewhere, and nothing in
/// the histories tells that. Immutable.
///
/// @param claimed the timelines it claimed with: up to where they are certain, and then a number
///   that nobody has
/// @param granted the timeline it was promoted to: whoever has that came from it
public record Rift(TimelineHistory claimed, TimelineId granted) {

    /// Whether a member's data lie on the other side than a line: neither follows the other, and
    /// `pg_rewind` does not see where they part.
    ///
    /// @param position the end of the member's WAL
    /// @param line an announced leader's timelines
    public boolean separates(Position position, TimelineHistory line) {
        TimelineHistory theirs = position.history();
        boolean before =
                claimed.ended().stream()
                        .anyMatch(ended -> ended.timeline().equals(theirs.current()));
        return theirs.includes(granted) != line.includes(granted) && !before;
    }
}
