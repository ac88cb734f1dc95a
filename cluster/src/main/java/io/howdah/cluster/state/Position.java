package io.howdah.cluster.state;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
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

    /// As much of this as lies on `line`: up to where the two part. A position on a timeline that
    /// `line` includes, with the same ancestors, is whole.
    public Position on(TimelineHistory line) {
        if (line.contains(history, Lsn.ZERO)) {
            return this;
        }
        int common = 0;
        while (common < history.ended().size()
                && common < line.ended().size()
                && history.ended().get(common).equals(line.ended().get(common))) {
            common++;
        }
        TimelineId mine = timeline(history, common);
        if (!mine.equals(timeline(line, common))) {
            if (common == 0) {
                return new Position(TimelineHistory.startingAt(mine), Lsn.ZERO);
            }
            TimelineHistory.Ended last = history.ended().get(common - 1);
            return new Position(
                    new TimelineHistory(history.ended().subList(0, common - 1), last.timeline()),
                    last.switchLsn());
        }
        Lsn left = end(history, common, lsn);
        Lsn lineLeft = end(line, common, left);
        return new Position(
                new TimelineHistory(history.ended().subList(0, common), mine),
                lineLeft.isAtLeast(left) ? left : lineLeft);
    }

    /// Up to which LSN this lies on `line`, if not to its end.
    public Lsn sharedWith(TimelineHistory line) {
        Position shared = on(line);
        return line.ended().stream()
                .filter(ended -> ended.timeline().equals(shared.history.current()))
                .map(TimelineHistory.Ended::switchLsn)
                .filter(shared.lsn::isAtLeast)
                .findFirst()
                .orElse(shared.lsn);
    }

    /// This, where what lies past one of its timelines is not what its number says: that part goes
    /// by another number.
    ///
    /// @param last the highest timeline that is in order; this position lies above it
    /// @param named a number above it that nobody bears
    public Position strayedFrom(TimelineId last, TimelineId named) {
        List<TimelineHistory.Ended> kept =
                history.ended().stream()
                        .filter(ended -> ended.timeline().compareTo(last) <= 0)
                        .toList();
        return new Position(new TimelineHistory(kept, named), lsn);
    }

    private static TimelineId timeline(TimelineHistory history, int index) {
        return index < history.ended().size()
                ? history.ended().get(index).timeline()
                : history.current();
    }

    private static Lsn end(TimelineHistory history, int index, Lsn otherwise) {
        return index < history.ended().size() ? history.ended().get(index).switchLsn() : otherwise;
    }

    @Override
    public String toString() {
        return lsn + " on timeline " + history;
    }
}
