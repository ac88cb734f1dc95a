package io.howdah.cluster.member;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.TimelineId;
import java.util.Optional;

/// The data of a member of a cluster that is given up. Its server must not run. For one thread.
public final class FormerMember {

    private final DataDirectory data;
    private final TimelineMark mark;

    public FormerMember(DataDirectory data) {
        this.data = data;
        this.mark = new TimelineMark(data);
    }

    /// The highest timeline that it can have come to by the cluster's doing, where somebody else
    /// has promoted it, or written into it, since.
    public Optional<TimelineId> strayedFrom() {
        return mark.strayedFrom();
    }

    /// The highest timeline that it has heard of.
    public TimelineId highest() {
        TimelineId seen =
                TimelineId.max(
                        data.controlData().replayedTimeline(), data.timelines().highestNumber());
        return mark.upTo().map(upTo -> TimelineId.max(upTo, seen)).orElse(seen);
    }

    /// It is no copy of the cluster's any more, but a database that was made elsewhere.
    public void release() {
        data.forgetCopy();
        mark.forget();
    }
}
