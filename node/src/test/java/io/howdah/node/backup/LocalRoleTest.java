package io.howdah.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.Await;
import org.junit.jupiter.api.Test;

class LocalRoleTest {

    @Test
    void standbyThatReceivesAndReplaysIsFollowingAndAnyOtherIsBehind() {
        try (var servers = new PrimaryAndStandby()) {
            assertThat(LocalRole.of(servers.primary())).isEqualTo(LocalRole.PRIMARY);
            assertThat(LocalRole.isPrimary(servers.primary())).isTrue();
            awaitFollowing(servers);
            assertThat(LocalRole.isPrimary(servers.standby())).isFalse();

            PrimaryAndStandby.execute(servers.standby(), "select pg_catalog.pg_wal_replay_pause()");
            assertThat(LocalRole.of(servers.standby())).as("paused").isEqualTo(LocalRole.BEHIND);
            PrimaryAndStandby.execute(
                    servers.standby(), "select pg_catalog.pg_wal_replay_resume()");
            awaitFollowing(servers);

            servers.stopPrimary();
            Await.until(
                    "it receives nothing",
                    () -> LocalRole.of(servers.standby()) == LocalRole.BEHIND);
        }
    }

    private static void awaitFollowing(PrimaryAndStandby servers) {
        Await.until("it follows", () -> LocalRole.of(servers.standby()) == LocalRole.FOLLOWING);
    }
}
