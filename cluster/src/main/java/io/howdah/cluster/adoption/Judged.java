package io.howdah.cluster.adoption;

import io.howdah.postgres.ControlData;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a former standby's data were when it was ordered to adopt them. Until that is carried out,
/// which an agent's end or a pause may hold up for days, they are whoever's that runs their server:
/// one that was promoted meanwhile may bear a number that the cluster has granted to its leader,
/// and then nothing tells the two apart. Immutable.
///
/// @param upTo the highest timeline that they may be on
/// @param primaryEnd the last checkpoint, where the control file was a primary's: what was stopped
///   in order to be a standby from then on. Null: it was a standby's
public record Judged(TimelineId upTo, @Nullable Lsn primaryEnd) {

    /// Of what may be adopted as a standby.
    ///
    /// @param adopted the timeline that the cluster's database was adopted on
    static Judged of(TimelineId adopted, Candidate candidate, ControlData control) {
        return new Judged(
                candidate.role() == AdoptionOrder.Role.STANDBY
                        ? adopted
                        : candidate.end().history().current(),
                isStandbys(control.state()) ? null : control.checkpoint());
    }

    /// What speaks against taking them in by now: a fact, as a clause of a sentence.
    public Optional<String> objection(ControlData now) {
        return objection(isStandbys(now.state()), now.replayedTimeline(), now.checkpoint());
    }

    /// As above.
    ///
    /// @param standbys whether the control file is a standby's, be it running, stopped or crashed
    /// @param on the timeline that was come to
    public Optional<String> objection(boolean standbys, TimelineId on, Lsn checkpoint) {
        if (on.compareTo(upTo) > 0) {
            return Optional.of(
                    "is on timeline "
                            + on
                            + " by now, above "
                            + upTo
                            + ": it was promoted, or followed somebody who was");
        }
        return standbys || checkpoint.equals(primaryEnd)
                ? Optional.empty()
                : Optional.of("has run as a primary: what was written there may be nowhere else");
    }

    private static boolean isStandbys(ControlData.State state) {
        return switch (state) {
            case SHUT_DOWN_IN_RECOVERY, IN_ARCHIVE_RECOVERY -> true;
            case STARTING_UP, SHUT_DOWN, SHUTTING_DOWN, IN_CRASH_RECOVERY, IN_PRODUCTION -> false;
        };
    }
}
