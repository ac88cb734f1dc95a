package io.howdah.cluster.simulation;

import io.howdah.postgres.TimelineId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What stands in a data directory of the server that ran there, as `StandbyMark` has it.
final class Mark {

    private @Nullable TimelineId standbyOn;
    private boolean promoted;
    private long startsFrom = -1;
    private boolean strayed;

    /// @param control how often the control file has said what runs
    void starts(TimelineId replayed, long control) {
        if (standbyOn == null) {
            forget();
            standbyOn = replayed;
            startsFrom = control;
        }
    }

    void stopped(boolean ranAsPrimary, long control) {
        if (ranAsPrimary && startsFrom != control) {
            ranAsPrimary();
        }
    }

    void note(TimelineId timeline) {
        if (!promoted && !strayed) {
            startsFrom = -1;
            TimelineId before = standbyOn;
            standbyOn = before == null ? timeline : TimelineId.max(before, timeline);
        }
    }

    void promotes() {
        forget();
        promoted = true;
    }

    void forget() {
        standbyOn = null;
        promoted = false;
        startsFrom = -1;
        strayed = false;
    }

    boolean isStandbys() {
        return standbyOn != null;
    }

    Mark copy() {
        Mark copy = new Mark();
        copy.standbyOn = standbyOn;
        copy.promoted = promoted;
        copy.startsFrom = startsFrom;
        copy.strayed = strayed;
        return copy;
    }

    void ranAsPrimary() {
        strayed |= standbyOn != null;
    }

    Optional<TimelineId> strayedFrom() {
        return strayed ? Optional.ofNullable(standbyOn) : Optional.empty();
    }
}
