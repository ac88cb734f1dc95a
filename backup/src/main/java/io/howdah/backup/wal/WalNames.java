package io.howdah.backup.wal;

import io.howdah.backup.store.ObjectName;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How the WAL of a cluster is named in a repository. Immutable.
///
/// @param system whose WAL it is
public record WalNames(SystemId system) {

    /// What is said by the name of an object.
    public sealed interface Named {}

    /// A complete segment.
    ///
    /// @param timeline its timeline
    /// @param name its name in `pg_wal`
    public record Segment(TimelineId timeline, String name) implements Named {}

    /// A piece of the segment that was being written.
    ///
    /// @param timeline its timeline
    /// @param range which bytes it holds
    public record Piece(TimelineId timeline, WalRange range) implements Named {}

    /// The history of a timeline.
    ///
    /// @param timeline which one's
    public record History(TimelineId timeline) implements Named {}

    private static final Pattern SEGMENT = Pattern.compile("([0-9A-F]{8})/(\\1[0-9A-F]{16})\\.zst");
    private static final Pattern PIECE =
            Pattern.compile("([0-9A-F]{8})/tail/([0-9A-F]{16})-([0-9A-F]{16})\\.zst");
    private static final Pattern HISTORY = Pattern.compile("([0-9A-F]{8})\\.history");

    /// How all of them begin.
    public String prefix() {
        return "wal/" + system + "/";
    }

    /// Where a complete segment lies.
    public ObjectName segment(WalSegment segment) {
        return new ObjectName(timelinePrefix(segment.timeline()) + segment.name() + ".zst");
    }

    /// Where a piece lies.
    public ObjectName piece(TimelineId timeline, WalRange range) {
        return new ObjectName(
                tailPrefix(timeline)
                        + "%016X-%016X.zst".formatted(range.start().value(), range.end().value()));
    }

    /// Where a timeline's history lies.
    public ObjectName history(TimelineId timeline) {
        return new ObjectName(prefix() + timeline.historyFileName());
    }

    /// How the pieces of a timeline begin.
    public String tailPrefix(TimelineId timeline) {
        return timelinePrefix(timeline) + "tail/";
    }

    /// How all of a timeline begin, but for its history.
    String timelinePrefix(TimelineId timeline) {
        return prefix() + "%08X/".formatted(timeline.value());
    }

    /// What a name says; empty for one that is not ours.
    public Optional<Named> parse(ObjectName name) {
        if (!name.text().startsWith(prefix())) {
            return Optional.empty();
        }
        String rest = name.text().substring(prefix().length());
        try {
            Matcher segment = SEGMENT.matcher(rest);
            if (segment.matches()) {
                return Optional.of(new Segment(timeline(segment.group(1)), segment.group(2)));
            }
            Matcher piece = PIECE.matcher(rest);
            if (piece.matches()) {
                WalRange range = new WalRange(position(piece.group(2)), position(piece.group(3)));
                return Optional.of(new Piece(timeline(piece.group(1)), range));
            }
            Matcher history = HISTORY.matcher(rest);
            return history.matches()
                    ? Optional.of(new History(timeline(history.group(1))))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            // Timeline 0, or a stretch that runs backwards.
            return Optional.empty();
        }
    }

    private static TimelineId timeline(String digits) {
        return new TimelineId(Long.parseLong(digits, 16));
    }

    private static Lsn position(String digits) {
        return new Lsn(Long.parseUnsignedLong(digits, 16));
    }
}
