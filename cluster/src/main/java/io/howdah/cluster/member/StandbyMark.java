package io.howdah.cluster.member;

import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// Remembers that the data directory is a standby's, and up to which timeline. Where a primary ran
/// in it all the same, somebody promoted it by hand, or took `standby.signal` away and started it.
/// What that one wrote may bear a number that was granted to another: PostgreSQL takes the lowest
/// that it sees no history of. So neither a comparison of histories nor `pg_rewind` can tell it
/// from a leader's WAL, whatever timeline it is on: the data have strayed, until others take their
/// place or the cluster promotes them.
///
/// It lies in the data directory, so it goes where that goes: a clone of the disk, a base backup
/// and a rewind carry it. For one thread.
final class StandbyMark {

    private static final String FILE = "howdah.standby";

    /// A promotion of ours is under way, or was done: whatever runs is no standby by our doing.
    private static final String PROMOTED = "promoted";

    private static final String STRAYED = " strayed";

    /// Between the number and what the control file was: it has not answered as a standby yet.
    private static final String STARTS = " starts from ";

    private final Path file;
    private final DurableFiles durable;

    StandbyMark(DataDirectory data) {
        this.file = data.path().resolve(FILE);
        this.durable = new DurableFiles(data.owner());
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

    /// From here on it may be a primary by our doing.
    void forget() {
        durable.delete(file);
    }

    /// It came with data from a running primary: one that is none by our doing is no leader.
    boolean isStandbys() {
        String text = text();
        return !text.isEmpty() && !text.equals(PROMOTED);
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
        if (!isStandbys() || strayedFrom().isPresent()) {
            return false;
        }
        write(number(text()) + STRAYED);
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
        if (!text.equals(text())) {
            durable.write(file, text + "\n");
        }
    }

    private String text() {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
