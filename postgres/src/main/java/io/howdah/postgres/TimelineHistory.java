package io.howdah.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The line of descent of a timeline: which timelines came before it and where each was left. This
/// is what a timeline history file says (PostgreSQL, "Timelines" in the chapter on continuous
/// archiving). Immutable.
///
/// @param ended the timelines before `current`, oldest first, each with the position at which it
///   was left
/// @param current the timeline that this history leads to
public record TimelineHistory(List<Ended> ended, TimelineId current) {

    /// A timeline that was left.
    ///
    /// @param timeline its number
    /// @param switchLsn the position at which the next timeline begins: nothing at or past it on
    ///   `timeline` is part of the history
    public record Ended(TimelineId timeline, Lsn switchLsn) {}

    /// @throws IllegalArgumentException when the numbers do not rise or a switch lies before the
    ///   one that precedes it
    public TimelineHistory {
        ended = List.copyOf(ended);
        long last = 0;
        Lsn lastSwitch = Lsn.ZERO;
        for (Ended entry : ended) {
            if (entry.timeline.value() <= last || !entry.switchLsn.isAtLeast(lastSwitch)) {
                throw new IllegalArgumentException("timeline history does not rise: " + ended);
            }
            last = entry.timeline.value();
            lastSwitch = entry.switchLsn;
        }
        if (current.value() <= last) {
            throw new IllegalArgumentException("timeline " + current + " cannot follow " + last);
        }
    }

    /// The history of a timeline that has no ancestors.
    public static TimelineHistory startingAt(TimelineId timeline) {
        return new TimelineHistory(List.of(), timeline);
    }

    /// Reads a timeline history file. Blank lines and comments are passed over; so a file of
    /// comments alone gives a timeline without ancestors.
    ///
    /// @throws IllegalArgumentException when a line does not start with a timeline and an LSN
    public static TimelineHistory parse(TimelineId timeline, String fileContent) {
        List<Ended> ended = new ArrayList<>();
        for (String line : fileContent.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split("\\s+", 3);
            if (fields.length < 2) {
                throw new IllegalArgumentException(
                        "timeline history of " + timeline + " has a damaged line: '" + line + "'");
            }
            ended.add(new Ended(new TimelineId(Long.parseLong(fields[0])), Lsn.parse(fields[1])));
        }
        return new TimelineHistory(ended, timeline);
    }

    /// Where this history leaves `timeline`: empty when it is the current one.
    ///
    /// @throws IllegalArgumentException when the timeline is no part of this history
    public Optional<Lsn> endOf(TimelineId timeline) {
        if (timeline.equals(current)) {
            return Optional.empty();
        }
        return Optional.of(
                ended.stream()
                        .filter(entry -> entry.timeline.equals(timeline))
                        .findFirst()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "timeline " + timeline + " is no part of " + this))
                        .switchLsn);
    }

    /// Whether the timeline is the current one or an ancestor of it.
    public boolean includes(TimelineId timeline) {
        return timeline.equals(current)
                || ended.stream().anyMatch(entry -> entry.timeline.equals(timeline));
    }

    /// The history of a promotion from this one.
    public TimelineHistory then(Lsn switchLsn, TimelineId next) {
        List<Ended> longer = new ArrayList<>(ended);
        longer.add(new Ended(current, switchLsn));
        return new TimelineHistory(longer, next);
    }

    /// Whether WAL that was written along `other` up to `lsn` is also WAL of this history, up to
    /// the same position: `other`'s timelines are ours, left at the same places, and `lsn` does not
    /// lie past the point where we left the last of them.
    public boolean contains(TimelineHistory other, Lsn lsn) {
        int ancestors = other.ended.size();
        if (ancestors > ended.size() || !ended.subList(0, ancestors).equals(other.ended)) {
            return false;
        }
        if (ancestors == ended.size()) {
            return current.equals(other.current);
        }
        Ended left = ended.get(ancestors);
        return left.timeline.equals(other.current) && left.switchLsn.isAtLeast(lsn);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        ended.forEach(entry ->
                text.append(entry.timeline).append('@').append(entry.switchLsn).append(" → "));
        return text.append(current).toString();
    }
}
