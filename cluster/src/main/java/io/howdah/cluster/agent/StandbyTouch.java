package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Epoch;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices that a standby can never catch up: it follows the right leader, does not stream steadily
/// for a while, and the leader's slot for it no longer holds what it needs. For one thread.
final class StandbyTouch {

    private static final Duration ASK_AFTER = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(StandbyTouch.class);

    private final LocalPostgres local;
    private final BootClock clock;
    private final UnsteadyStream stream;

    StandbyTouch(LocalPostgres local, BootClock clock) {
        this.local = local;
        this.clock = clock;
        this.stream = new UnsteadyStream(clock.nanos());
    }

    private static Optional<Epoch> epochOf(Optional<Announcement> leader) {
        return leader.map(Announcement::epoch);
    }

    /// The epoch whose leader it should stream from; one that was rewound and is not consistent yet
    /// does not say whether it streams.
    private static Optional<Epoch> followed(LocalStatus status) {
        return switch (status) {
            case LocalStatus.Standby standby -> standby.following();
            case LocalStatus.Silent silent -> silent.rewoundFor();
            case LocalStatus.Absent absent -> Optional.empty();
            case LocalStatus.Unusable unusable -> Optional.empty();
            case LocalStatus.Stopped stopped -> Optional.empty();
            case LocalStatus.Primary primary -> Optional.empty();
        };
    }

    private static boolean receiving(LocalStatus status) {
        return status instanceof LocalStatus.Standby standby && standby.receiving();
    }

    private static boolean readsLocalWal(LocalStatus status) {
        return status instanceof LocalStatus.Standby standby && standby.position().isEmpty();
    }

    boolean isLost(ClusterState state, LocalStatus status) {
        Optional<Announcement> leader = state.currentLeader();
        Optional<Epoch> followed = followed(status);
        long now = clock.nanos();
        if (leader.isEmpty() || followed.isEmpty() || !followed.equals(epochOf(leader))) {
            stream.beginAnew(now);
            return false;
        }
        stream.look(now, receiving(status));
        if (receiving(status)
                || readsLocalWal(status)
                || stream.unsteadyNanos(now) < ASK_AFTER.toNanos()) {
            return false;
        }
        stream.beginAnew(now);
        Epoch epoch = leader.get().epoch();
        Optional<Upstream> upstream = Upstream.of(leader.get().leader(), epoch, state);
        if (upstream.isEmpty()) {
            return false;
        }
        try {
            return !canStreamOn(status, upstream.get());
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
