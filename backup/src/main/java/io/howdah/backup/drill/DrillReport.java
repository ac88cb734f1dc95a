package io.howdah.backup.drill;

import io.howdah.backup.marker.Marker;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a drill has found: `reports/<id>.json`. Immutable.
///
/// @param format the version of this file's format
/// @param id its name
/// @param passed whether no step has failed
/// @param startTime when it began, by the clock of who did it
/// @param endTime when it ended
/// @param backup the backup that was restored; null where none leads to the newest WAL
/// @param postgresVersion of the server that it was taken from; null where there is none
/// @param timeline the timeline that the copy began; null where it did not come that far
/// @param reached the end of what it replayed; null where it did not come that far
/// @param acknowledged the newest marker that the cluster had acknowledged when the drill began;
///   null where it was not asked, or writes none
/// @param restored the newest marker in the copy; null where there is none
/// @param rtoMillis from the start to the first query; null where there was none
/// @param rpoMillis from the newest marker in the copy to the newest acknowledged one; null where
///   that was not measured
/// @param rtoGoalMillis the most that it was to be; null: nothing was asked for
/// @param rpoGoalMillis the most that it was to be; null: nothing was asked for
/// @param steps all that was done, in order
public record DrillReport(
        int format,
        String id,
        boolean passed,
        Instant startTime,
        Instant endTime,
        @Nullable String backup,
        @Nullable String postgresVersion,
        @Nullable TimelineId timeline,
        @Nullable Lsn reached,
        @Nullable Marker acknowledged,
        @Nullable Marker restored,
        @Nullable Long rtoMillis,
        @Nullable Long rpoMillis,
        @Nullable Long rtoGoalMillis,
        @Nullable Long rpoGoalMillis,
        List<DrillStep> steps) {

    /// The version that this program writes.
    public static final int FORMAT = 1;

    public DrillReport {
        steps = List.copyOf(steps);
    }

    /// The steps that have failed.
    public List<DrillStep> failed() {
        return steps.stream().filter(step -> step.outcome() == DrillStep.Outcome.FAILED).toList();
    }
}
