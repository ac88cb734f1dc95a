package io.howdah.cluster.member;

import io.howdah.postgres.ControlData;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Remembers that the data directory is a standby's, and up to which timeline. Where a primary ran
/// in it all the same, somebody promoted it by hand, or took `standby.signal` away and started it.
/// What that one wrote may bear a number that was granted to another: PostgreSQL takes the lowest
/// that it sees no history of. So neither a comparison of histories nor `pg_rewind` can tell it
/// from a leader's WAL, whatever timeline it is on: the data have strayed, until others take their
/// place or the cluster promotes them. For one thread.
final class StandbyMark {

    /// Where it lies, in the node's own directory.
    static final String FILE = "standby-on-timeline";

    /// A promotion of ours is under way, or was done: whatever runs is no standby by our doing.
    private static final String PROMOTED = "promoted";

    private static final String STRAYED = " strayed";

    /// Between the number and what the control file was: it has not answered as a standby yet.
    private static final String STARTS = " starts from ";

    private final Path file;
    private final DurableFiles durable;
    private @Nullable String known;

    StandbyMark(Path file, DurableFiles durable) {
        this.file = file;
        this.durable = durable;
    }

    /// It is about to be started as a standby: a promotion that was asked for before is void. Its
    /// control file may be a primary's still.
    ///
    /// @param replayed as `ControlData.replayedTimeline` has it
    /// @param control what tells its control file from every other
    void starts(TimelineId replayed, String control) {
        String text = text();
        if (text.isEmpty() || text.equals(PROMOTED) || text.contains(STARTS)) {
            write(replayed + STARTS + control);
        }
    }

    /// It is a standby, by its control file too, and on this timeline, or may come to it as soon as
    /// it is told whom to follow. From there on it acknowledges.
    void note(TimelineId timeline) {
        String text = text();
        if (text.equals(PROMOTED) || text.endsWith(STRAYED)) {
            return;
        }
        TimelineId before = text.isEmpty() ? timeline : number(text);
        write(TimelineId.max(before, timeline).toString());
    }

    /// It is about to be promoted by the cluster. An agent that comes after us may find it a
    /// standby for a moment still.
    void promotes() {
        write(PROMOTED);
    }

    /// From here on it may be a primary by our doing, or other data have taken its place.
    void forget() {
        durable.delete(file);
        known = "";
    }

    /// It is stopped; its control file says what ran last.
    ///
    /// @param control as it was given to `starts`
    /// @return whether that shows just now that the data have strayed
    boolean stopped(ControlData.State state, String control) {
        boolean answered = !text().contains(STARTS);
        boolean untouched = text().endsWith(STARTS + control);
        return switch (state) {
            case SHUT_DOWN_IN_RECOVERY, IN_ARCHIVE_RECOVERY -> false;
            // a primary's data begin with that also as a standby
            case IN_CRASH_RECOVERY -> answered && ranAsPrimary();
            case STARTING_UP, SHUT_DOWN, SHUTTING_DOWN, IN_PRODUCTION ->
                    !untouched && ranAsPrimary();
        };
    }

    /// A primary runs, or ran.
    ///
    /// @return whether that shows just now that the data have strayed
    boolean ranAsPrimary() {
        String standby = text();
        boolean ours = standby.isEmpty() || standby.equals(PROMOTED);
        if (ours || strayedFrom().isPresent()) {
            return false;
        }
        write(number(standby) + STRAYED);
        return true;
    }

    /// The highest timeline that it can have come to as a standby, if the data have strayed since.
    Optional<TimelineId> strayedFrom() {
        String text = text();
        return text.endsWith(STRAYED) ? Optional.of(number(text)) : Optional.empty();
    }

    private static TimelineId number(String text) {
        int end = text.indexOf(' ');
        return new TimelineId(Long.parseLong(end < 0 ? text : text.substring(0, end)));
    }

    private void write(String text) {
        if (!text.equals(known)) {
            durable.write(file, text + "\n");
            known = text;
        }
    }

    private String text() {
        String text = known;
        if (text == null) {
            try {
                text = Files.exists(file) ? Files.readString(file).strip() : "";
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
            known = text;
        }
        return text;
    }
}
