package io.howdah.cli.screen;

import io.howdah.node.api.AppliedState;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.PauseStatus;
import io.howdah.node.api.ScheduledSwitchover;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

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

    /// What a member's PostgreSQL does not have yet of the configuration.
    static List<String> of(MemberStatus member) {
        var remarks = new ArrayList<String>();
        AppliedState applied = member.applied();
        if (applied != null && !applied.pendingRestart().isEmpty()) {
            remarks.add(
                    member.name()
                            + ": pending-restart: `howdah restart "
                            + member.name()
                            + "` brings "
                            + applied.pendingRestart().stream()
                                    .map(setting ->
                                            setting.name()
                                                    + " "
                                                    + setting.running()
                                                    + " -> "
                                                    + (setting.configured().isEmpty()
                                                            ? "default"
                                                            : setting.configured()))
                                    .collect(Collectors.joining(", ")));
        }
        if (applied != null && applied.problem() != null) {
            applied.problem().lines().forEach(line -> remarks.add(member.name() + ": " + line));
        }
        return remarks;
    }

    private static String text(Instant at, ZoneId zone) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
                .withZone(zone)
                .format(at);
    }
}
