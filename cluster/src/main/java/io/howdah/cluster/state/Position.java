package io.howdah.cluster.state;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import java.util.Comparator;
import java.util.List;

/// How far a member's WAL reaches, and along which timelines. Immutable.
///
/// @param history the timelines that led there; the current one is that of the last flushed byte
/// @param lsn the end of what is flushed
public record Position(TimelineHistory history, Lsn lsn) {

    /// Higher timeline first decides, then the LSN. Two positions that contain the same `base` of
    /// an announced epoch lie on one line, so there the higher one holds everything of the lower;
    /// on different lines neither holds an acknowledged write past `base`, and any fixed order
    /// does.
    public static final Comparator<Position> ORDER =
            Comparator.comparing((Position position) -> position.history.current())
                    .thenComparing(Position::lsn);

    /// Where the current timeline of a history begins: the end of the one before it. Everybody who
    /// holds that holds all that the new timeline took over. For a history without ancestors, the
    /// beginning of all.
    public static Position beginningOf(TimelineHistory history) {
        if (history.ended().isEmpty()) {
            return new Position(history, Lsn.ZERO);
        }
        TimelineHistory.Ended last = history.ended().getLast();
        List<TimelineHistory.Ended> before = history.ended().subList(0, history.ended().size() - 1);
        return new Position(new TimelineHistory(before, last.timeline()), last.switchLsn());
    }

    /// Whether everything up to `other` is also held here.
    public boolean contains(Position other) {
        return history.contains(other.history, other.lsn)
                && (!history.current().equals(other.history.current()) || lsn.isAtLeast(other.lsn));
    }

    @Override
    public String toString() {
        return lsn + " on timeline " + history;
    }
}
