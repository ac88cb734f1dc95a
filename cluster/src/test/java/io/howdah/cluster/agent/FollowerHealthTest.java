package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.member.Follower;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which standbys a leader counts on.
class FollowerHealthTest {

    private static final Epoch EPOCH = new Epoch(3);
    private static final long PATIENCE = Duration.ofSeconds(2).toNanos();

    private final FollowerHealth health = new FollowerHealth(PATIENCE);

    @Test
    void whoHasReplayedFurthestIsToTakeOverFirst() {
        health.look(List.of(follower(N2, 900, 100), follower(N3, 800, 790)), EPOCH, 0);
        assertThat(health.furthestFirst()).containsExactly(N3, N2);
    }

    @Test
    void onlyThoseOfTheEpochCountAndForAPatienceAfterTheyWereSeen() {
        health.look(List.of(follower(N2, 900, 900)), EPOCH.next(), 0);
        assertThat(health.furthestFirst()).isEmpty();

        health.look(List.of(follower(N2, 900, 900)), EPOCH, 0);
        health.look(List.of(), EPOCH, PATIENCE);
        assertThat(health.furthestFirst()).containsExactly(N2);
        health.look(List.of(), EPOCH, PATIENCE + 1);
        assertThat(health.furthestFirst()).isEmpty();
    }

    private static Follower follower(NodeName node, long flushed, long replayed) {
        return new Follower(
                new Follower.StandbyName(
                        node, new Incarnation("0000000" + node.value().charAt(1)), EPOCH),
                true,
                new Lsn(flushed),
                new Lsn(replayed));
    }
}
