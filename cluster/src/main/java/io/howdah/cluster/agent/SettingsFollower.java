package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives the cluster's settings to this node's PostgreSQL whenever they have changed. For one
/// thread, but for `report`.
final class SettingsFollower {

    /// How soon a change that failed is tried again.
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(SettingsFollower.class);

    private final LocalPostgres local;
    private final BootClock clock;
    private @Nullable ClusterSettings given;
    private volatile AppliedSettings report = AppliedSettings.NONE;
    private long failedAtNanos;

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
        if (agreed == null || agreed.equals(given)) {
            return;
        }
        boolean failedBefore = !report.problem().isEmpty();
        if (failedBefore && clock.nanos() - failedAtNanos < AGAIN.toNanos()) {
            return;
        }
        try {
            local.configure(agreed.parameters(), agreed.access(), others(state) > 0);
            given = agreed;
            report = new AppliedSettings(agreed.version(), "");
            LOG.info("took version {} of the cluster's settings", agreed.version());
        } catch (RuntimeException e) {
            failedAtNanos = clock.nanos();
            String problem =
                    "version "
                            + agreed.version()
                            + " of the settings is not taken: "
                            + e.getMessage();
            if (!failedBefore) {
                LOG.warn("{}", problem);
            }
            report = new AppliedSettings(report.version(), problem);
        }
    }

    /// How many members there are with data, but one.
    private static long others(ClusterState state) {
        return state.members().values().stream().filter(member -> !member.witness()).count() - 1;
    }
}
