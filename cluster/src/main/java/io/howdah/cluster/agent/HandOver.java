package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.lease.LeaseKeeper;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Switchover;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A switchover as the leader performs it: choose, prepare, stop in order, see that the target has
/// the last byte, hand the lease over. For one thread.
final class HandOver {

    /// What a request has come to.
    enum Progress {
        /// Nothing is stopped yet.
        PREPARING,
        HANDED_OVER,
        /// It was cancelled, or PostgreSQL has ended without a hand-over.
        GIVEN_UP
    }

    /// Longer than `wal_sender_timeout`, after which the stop waits no more for a standby that is
    /// gone without a word.
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(12);

    private static final Duration FLUSH_DEADLINE = Duration.ofSeconds(3);
    private static final Duration FLUSH_POLL = Duration.ofMillis(5);
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

    private final NodeName self;
    private final LocalPostgres local;
    private final Proposals proposals;
    private final LeaseKeeper lease;
    private final FollowerHealth health;
    private final Service service;
    private final BootClock clock;
    private final Steps steps;
    private @Nullable Preparation preparation;

    HandOver(
            NodeName self,
            LocalPostgres local,
            Proposals proposals,
            LeaseKeeper lease,
            FollowerHealth health,
            Service service,
            BootClock clock,
            Steps steps) {
        this.self = self;
        this.local = local;
        this.proposals = proposals;
        this.lease = lease;
        this.health = health;
        this.service = service;
        this.clock = clock;
        this.steps = steps;
    }

    /// Performs a step of it, or cancels it while that costs nothing. Once PostgreSQL is stopped a
    /// failure leaves it stopped: the rules then give the lease back, and an election decides.
    Progress perform(Switchover request, ClusterState state) {
        Preparation begun = preparation;
        if (begun == null || !begun.request().equals(request)) {
            List<NodeName> streaming = health.furthestFirst();
            Optional<NodeName> chosen = SwitchoverTarget.choose(request, streaming, state);
            if (chosen.isEmpty()) {
                return cancelled(
                        request, SwitchoverTarget.whyNobody(request, streaming, state, self));
            }
            begun = new Preparation(request, chosen.get(), local, clock);
            preparation = begun;
        }
        Optional<Upstream> target = Upstream.of(begun.to(), request.epoch(), state);
        if (target.isEmpty()) {
            return cancelled(request, begun.to() + " has not said where it is reached");
        }
        LocalPostgres.FlushProbe probe;
        try {
            if (!begun.isReady()) {
                return Progress.PREPARING;
            }
            // connected before the stop: the time that takes is not the clients'
            probe = local.flushProbe(target.get());
        } catch (RuntimeException e) {
            return cancelled(request, "it could not be prepared: " + e.getMessage());
        }
        preparation = null;
        NodeName to = begun.to();
        return service.<Boolean>excused(() -> handsOver(request.epoch(), to, probe))
                ? Progress.HANDED_OVER
                : Progress.GIVEN_UP;
    }

    /// Nothing is stopped yet: PostgreSQL serves on.
    private Progress cancelled(Switchover request, String why) {
        preparation = null;
        LOG.warn("switchover cancelled: {}", why);
        proposals.agree(new Command.CancelSwitchover(self, request, why, clock.wallMillis()));
        return Progress.GIVEN_UP;
    }

    private boolean handsOver(Epoch epoch, NodeName to, LocalPostgres.FlushProbe connected) {
        try (LocalPostgres.FlushProbe probe = connected) {
            steps.reached(Step.SWITCHOVER_PREPARED);
            Position shutdown = stopped(to);
            steps.reached(Step.SWITCHOVER_STOPPED);
            if (!awaitFlushed(probe, shutdown.lsn())) {
                LOG.warn(
                        "switchover: {} did not confirm {} within {}",
                        to,
                        shutdown.lsn(),
                        FLUSH_DEADLINE);
                return false;
            }
            steps.reached(Step.SWITCHOVER_FLUSHED);
            return handedOver(epoch, to, shutdown);
        } catch (RuntimeException e) {
            // half stopped is of use to nobody: end it, and let an election decide, in which this
            // node's own vote counts for all
            LOG.warn("switchover: {}", e.getMessage());
            local.kill();
            return false;
        }
    }

    private Position stopped(NodeName to) {
        LOG.info("switchover: stopping PostgreSQL to hand over to {}", to);
        return local.stop(STOP_DEADLINE);
    }

    private boolean handedOver(Epoch epoch, NodeName to, Position shutdown) {
        lease.drop();
        steps.reached(Step.SWITCHOVER_LEASE_DROPPED);
        boolean agreed =
                proposals.agree(
                        new Command.HandOver(
                                self,
                                epoch,
                                to,
                                shutdown,
                                "switchover to " + to,
                                clock.wallMillis()));
        steps.reached(Step.SWITCHOVER_HANDED_OVER);
        return agreed;
    }

    private boolean awaitFlushed(LocalPostgres.FlushProbe probe, Lsn lsn) {
        long deadline = clock.nanos() + FLUSH_DEADLINE.toNanos();
        while (clock.nanos() < deadline) {
            if (probe.flushed().isAtLeast(lsn)) {
                return true;
            }
            clock.pause(FLUSH_POLL);
        }
        return false;
    }
}
