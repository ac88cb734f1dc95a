package io.howdah.cluster.simulation;

import io.howdah.postgres.TimelineId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a node remembers of its data directory beside it, as `StandbyMark` does.
final class Mark {

    private @Nullable TimelineId standbyOn;
    private boolean promoted;
    private boolean strayed;

    void starts() {
        if (promoted) {
            forget();
        }
    }

    void note(TimelineId timeline) {
        if (!promoted && !strayed) {
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
        strayed = false;
    }

    void ranAsPrimary() {
        strayed |= standbyOn != null;
    }

    Optional<TimelineId> strayedFrom() {
        return strayed ? Optional.ofNullable(standbyOn) : Optional.empty();
    }
}
