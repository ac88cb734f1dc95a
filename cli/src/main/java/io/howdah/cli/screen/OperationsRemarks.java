package io.howdah.cli.screen;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.PauseStatus;
import io.howdah.node.api.ScheduledSwitchover;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What operators have asked of the cluster, a line each. Pure.
final class OperationsRemarks {

    private OperationsRemarks() {}

    static List<String> of(ClusterStatus status, ZoneId zone) {
        var remarks = new ArrayList<String>();
        PauseStatus pause = status.pauseDetail();
        if (pause != null) {
            remarks.add(
                    "paused by "
                            + pause.by()
                            + " since "
                            + text(pause.at(), zone)
                            + (pause.why() == null ? "" : ": " + pause.why())
                            + " (`howdah resume` ends it)");
        }
        ScheduledSwitchover scheduled = status.scheduledSwitchover();
        if (scheduled != null) {
            String what =
                    "switchover"
                            + (scheduled.to() == null ? "" : " to " + scheduled.to())
                            + " by "
                            + scheduled.by()
                            + " for "
                            + text(scheduled.at(), zone);
            remarks.add(
                    scheduled.dropped() == null
                            ? "scheduled: " + what
                            : "not done: " + what + ": " + scheduled.dropped());
        }
        return remarks;
    }

    private static String text(Instant at, ZoneId zone) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
                .withZone(zone)
                .format(at);
    }
}
