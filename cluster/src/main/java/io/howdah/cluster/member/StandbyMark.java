package io.howdah.cluster.member;

import io.howdah.postgres.ControlData;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.TimelineFiles;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Remembers that the data directory is a standby's, and on which timeline. Where its control file
/// says that a primary ran in it all the same, somebody took `standby.signal` away and started it:
/// what that one wrote bears the timeline's own number, so no comparison of histories and no
/// `pg_rewind` can tell it from the leader's WAL. Such data are of no use. For one thread.
final class StandbyMark {

    /// Where it lies, in the node's own directory.
    static final String FILE = "standby-on-timeline";

    /// How many numbers a promotion by hand may have skipped.
    private static final int SKIPPED_MOST = 64;

    private final Path file;
    private final DurableFiles durable;
    private @Nullable TimelineId noted;

    StandbyMark(Path file, DurableFiles durable) {
        this.file = file;
        this.durable = durable;
    }

    /// It answers as a standby on this timeline, so its control file says so too by now.
    void note(TimelineId timeline) {
        if (!timeline.equals(noted)) {
            durable.write(file, timeline + "\n");
            noted = timeline;
        }
    }

    /// From here on it may be a primary by our doing, or other data take its place.
    void forget() {
        noted = null;
        durable.delete(file);
    }

    /// Whether a primary ran here that was not of our making, on the standby's own timeline. One
    /// that was promoted by hand is on a timeline of its own, and diverged visibly.
    boolean isBroken(ControlData control, TimelineFiles timelines) {
        boolean ranAsPrimary =
                control.state() == ControlData.State.IN_PRODUCTION
                        || control.state() == ControlData.State.SHUT_DOWN;
        TimelineId marked = ranAsPrimary ? read() : null;
        if (marked == null || !marked.equals(control.checkpointTimeline())) {
            return false;
        }
        TimelineId later = marked;
        for (int i = 0; i < SKIPPED_MOST; i++) {
            later = later.next();
            if (timelines.history(later).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private @Nullable TimelineId read() {
        try {
            return Files.exists(file)
                    ? new TimelineId(Long.parseLong(Files.readString(file).strip()))
                    : null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
