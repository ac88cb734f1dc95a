package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// New settings on real servers: what comes into force at once, what waits, and who may have less.
class ConfigurationTest {

    private static final Epoch EPOCH = new Epoch(1);
    private static final Duration STOP = Duration.ofSeconds(30);

    private final Servers servers =
            new Servers(new Installations(OperatingSystemUser.forPostgres()).choose("auto"));

    @Test
    void newSettingsReachEveryServerAndWhatNeedsARestartIsPending() {
        try (servers) {
            servers.primary(N1);
            ManagedPostgres primary = servers.of(N1);
            primary.enforce(new InForce.Alone(), EPOCH);
            servers.standby(N2, servers.upstream(N1, EPOCH));
            ManagedPostgres standby = servers.of(N2);

            configure(primary, "max_connections", "260", "work_mem", "33MB");
            configure(standby, "max_connections", "260", "work_mem", "33MB");
            awaitPending(primary, new PendingSetting("max_connections", "200", "260"));
            awaitPending(standby, new PendingSetting("max_connections", "200", "260"));
            assertThat(primary.settingsCheck().known())
                    .containsKey("work_mem")
                    .hasEntrySatisfying(
                            "max_connections", known -> assertThat(known.needsRestart()).isTrue());

            // raised on the standby first: it comes up with more than its primary has
            restartStandby(standby);
            awaitNothingPending(standby);

            // a primary that has standbys is not raised by its own restart
            primary.stop(STOP);
            primary.startPrimary();
            awaitPending(primary, new PendingSetting("max_connections", "200", "260"));
        }
    }

    @Test
    void aStandbyStartsThoughLessIsConfiguredThanItsPrimaryHas() {
        try (servers) {
            servers.primary(N1);
            servers.of(N1).enforce(new InForce.Alone(), EPOCH);
            servers.standby(N2, servers.upstream(N1, EPOCH));
            ManagedPostgres standby = servers.of(N2);

            configure(standby, "max_connections", "50", "work_mem", "33MB");
            restartStandby(standby);

            awaitPending(standby, new PendingSetting("max_connections", "200", "50"));
        }
    }

    private static void configure(
            ManagedPostgres server, String name, String value, String other, String otherValue) {
        server.configure(new TreeMap<>(Map.of(name, value, other, otherValue)), List.of(), true);
    }

    private void restartStandby(ManagedPostgres standby) {
        standby.stop(STOP);
        standby.startStandby(Optional.empty());
        servers.awaitPosition(N2);
    }

    private static void awaitPending(ManagedPostgres server, PendingSetting setting) {
        Await.until(
                setting + " waits for a restart",
                () -> {
                    server.status();
                    return server.pendingRestart().contains(setting);
                });
    }

    private static void awaitNothingPending(ManagedPostgres server) {
        Await.until(
                "nothing waits for a restart",
                () -> {
                    server.status();
                    return server.pendingRestart().isEmpty();
                });
    }
}
