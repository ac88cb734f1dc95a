package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Member;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices that a standby can never catch up: it follows the right leader, does not stream for a
/// while, and the leader's slot for it no longer holds what it needs. For one thread.
final class StandbyTouch {

    private static final Duration ASK_AFTER = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(StandbyTouch.class);

    private final LocalPostgres local;
    private final BootClock clock;
    private long silentSinceNanos;

    StandbyTouch(LocalPostgres local, BootClock clock) {
        this.local = local;
        this.clock = clock;
        this.silentSinceNanos = clock.nanos();
    }

    boolean isLost(ClusterState state, LocalStatus status) {
        Optional<Announcement> leader = state.currentLeader();
        if (!(status instanceof LocalStatus.Standby standby)
                || standby.receiving()
                || standby.position().isEmpty()
                || leader.isEmpty()
                || !standby.following().equals(leader.map(Announcement::epoch))) {
            silentSinceNanos = clock.nanos();
            return false;
        }
        if (clock.nanos() - silentSinceNanos < ASK_AFTER.toNanos()) {
            return false;
        }
        silentSinceNanos = clock.nanos();
        Epoch epoch = leader.get().epoch();
        Member member = state.members().get(leader.get().leader());
        if (member == null) {
            return false;
        }
        try {
            return !local.canCatchUp(
                    new Upstream(
                            leader.get().leader(), epoch, member.host(), member.postgresPort()),
                    standby.position().get());
        } catch (RuntimeException e) {
            LOG.info("asking {} for its slot: {}", leader.get().leader(), e.getMessage());
            return false;
        }
    }
}
