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

    private static Optional<Epoch> epochOf(Optional<Announcement> leader) {
        return leader.map(Announcement::epoch);
    }

    /// The epoch whose leader it should stream from and does not; one that was rewound and is not
    /// consistent yet does not say whether it streams.
    private static Optional<Epoch> followedInVain(LocalStatus status) {
        return switch (status) {
            case LocalStatus.Standby standby
                    when !standby.receiving() && standby.position().isPresent() ->
                    standby.following();
            case LocalStatus.Silent silent -> silent.rewoundFor();
            case LocalStatus.Standby standby -> Optional.empty();
            case LocalStatus.Absent absent -> Optional.empty();
            case LocalStatus.Unusable unusable -> Optional.empty();
            case LocalStatus.Stopped stopped -> Optional.empty();
            case LocalStatus.Primary primary -> Optional.empty();
        };
    }

    boolean isLost(ClusterState state, LocalStatus status) {
        Optional<Announcement> leader = state.currentLeader();
        Optional<Epoch> followed = followedInVain(status);
        if (leader.isEmpty() || followed.isEmpty() || !followed.equals(epochOf(leader))) {
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
        Upstream upstream =
                new Upstream(leader.get().leader(), epoch, member.host(), member.postgresPort());
        try {
            return !canStreamOn(status, upstream);
        } catch (RuntimeException e) {
            LOG.info("asking {} for its slot: {}", leader.get().leader(), e.getMessage());
            return false;
        }
    }

    private boolean canStreamOn(LocalStatus status, Upstream upstream) {
        if (status instanceof LocalStatus.Standby standby && standby.position().isPresent()) {
            return local.canCatchUp(upstream, standby.position().get());
        }
        return local.canBecomeConsistent(upstream);
    }
}
