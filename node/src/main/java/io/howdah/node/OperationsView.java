package io.howdah.node;

import io.howdah.cluster.agent.AppliedSettings;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.ForcedFailover;
import io.howdah.cluster.state.HistoryEntry;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Pause;
import io.howdah.cluster.state.PlannedSwitchover;
import io.howdah.node.api.AppliedState;
import io.howdah.node.api.ConfigDocument;
import io.howdah.node.api.ForcedFailoverRow;
import io.howdah.node.api.PauseStatus;
import io.howdah.node.api.ScheduledSwitchover;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// How the API shows what operators asked for. Pure.
final class OperationsView {

    private OperationsView() {}

    static @Nullable PauseStatus pause(ClusterState state) {
        Pause pause = state.paused();
        return pause == null
                ? null
                : new PauseStatus(
                        pause.by(),
                        pause.why().isEmpty() ? null : pause.why(),
                        Instant.ofEpochMilli(pause.atMillis()));
    }

    static @Nullable ScheduledSwitchover scheduled(ClusterState state) {
        PlannedSwitchover plan = state.planned();
        if (plan != null) {
            return shown(plan, null);
        }
        PlannedSwitchover.Dropped dropped = state.dropped();
        return dropped == null ? null : shown(dropped.plan(), dropped.why());
    }

    private static ScheduledSwitchover shown(PlannedSwitchover plan, @Nullable String dropped) {
        NodeName to = plan.to();
        return new ScheduledSwitchover(
                Instant.ofEpochMilli(plan.atMillis()),
                to == null ? null : to.value(),
                plan.by(),
                dropped);
    }

    static @Nullable Long configVersion(ClusterState state) {
        ClusterSettings settings = state.settings();
        return settings == null ? null : settings.version();
    }

    static AppliedState applied(ClusterState state, NodeStatus.Postgres own) {
        AppliedSettings applied = own.agent().appliedSettings();
        return new AppliedState(
                state.paused() != null,
                applied.version() == 0 ? null : applied.version(),
                own.server().pendingRestart().stream()
                        .map(setting ->
                                new AppliedState.PendingSetting(
                                        setting.name(), setting.running(), setting.configured()))
                        .toList(),
                applied.problem().isEmpty() ? null : applied.problem());
    }

    static List<ForcedFailoverRow> forced(HistoryEntry entry) {
        return entry.forced().stream().map(OperationsView::row).toList();
    }

    private static ForcedFailoverRow row(ForcedFailover forced) {
        OptionalLong lost = forced.lostBytes();
        return new ForcedFailoverRow(
                forced.epoch().value(),
                forced.to().value(),
                forced.by(),
                Instant.ofEpochMilli(forced.atMillis()),
                forced.missing().stream().map(NodeName::value).toList(),
                forced.chosen(),
                forced.knownEnd(),
                lost.isPresent() ? lost.getAsLong() : null);
    }

    static ConfigDocument config(ClusterSettings settings) {
        return new ConfigDocument(
                settings.version(),
                settings.by(),
                Instant.ofEpochMilli(settings.atMillis()),
                settings.strict() ? "strict" : "available",
                ConfigChanges.standbysText(settings),
                new ConfigDocument.Postgres(settings.parameters(), settings.access()));
    }
}
