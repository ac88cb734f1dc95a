package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.PendingSetting;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives the cluster's settings to this node's PostgreSQL whenever they have changed, and knows
/// which of them wait for a restart. For one thread, but for `report`.
final class SettingsFollower {

    /// How often PostgreSQL is asked what waits for a restart, and a failed change is tried again.
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(SettingsFollower.class);

    private final LocalPostgres local;
    private final BootClock clock;
    private @Nullable ClusterSettings given;
    private volatile AppliedSettings report = AppliedSettings.NONE;
    private long lookedAtNanos;
    private boolean lookedOnce;

    SettingsFollower(LocalPostgres local, BootClock clock) {
        this.local = local;
        this.clock = clock;
    }

    /// What PostgreSQL has. From any thread.
    AppliedSettings report() {
        return report;
    }

    /// Gives what is agreed, if that has changed. Never fails: what does is said in the report.
    void follow(ClusterState state) {
        ClusterSettings agreed = state.settings();
        boolean news = agreed != null && !agreed.equals(given);
        long now = clock.nanos();
        if (!news && lookedOnce && now - lookedAtNanos < LOOK.toNanos()) {
            return;
        }
        boolean failedBefore = !report.problem().isEmpty();
        if (news && failedBefore && now - lookedAtNanos < LOOK.toNanos()) {
            return;
        }
        lookedOnce = true;
        lookedAtNanos = now;
        if (agreed != null && news) {
            give(agreed, failedBefore, others(state));
        }
        ClusterSettings had = given;
        report = new AppliedSettings(had == null ? 0 : had.version(), pending(), report.problem());
    }

    private void give(ClusterSettings agreed, boolean failedBefore, long others) {
        try {
            local.configure(agreed.parameters(), agreed.access(), others > 0);
            given = agreed;
            report = new AppliedSettings(agreed.version(), report.pendingRestart(), "");
            LOG.info("took version {} of the cluster's settings", agreed.version());
        } catch (RuntimeException e) {
            String problem =
                    "version "
                            + agreed.version()
                            + " of the settings is not taken: "
                            + e.getMessage();
            if (!failedBefore) {
                LOG.warn("{}", problem);
            }
            report = new AppliedSettings(report.version(), report.pendingRestart(), problem);
        }
    }

    /// How many members there are with data, but one.
    private static long others(ClusterState state) {
        return state.members().values().stream().filter(member -> !member.witness()).count() - 1;
    }

    private List<PendingSetting> pending() {
        try {
            return local.pendingRestart();
        } catch (RuntimeException e) {
            // it does not answer at this moment: what was known stands
            return report.pendingRestart();
        }
    }
}
