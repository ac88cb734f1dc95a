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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A switchover as the leader performs it: choose, checkpoint, stop in order, see that the target
/// has the last byte, hand the lease over. For one thread.
final class HandOver {

    private static final Duration STOP_DEADLINE = Duration.ofSeconds(10);
    private static final Duration FLUSH_DEADLINE = Duration.ofSeconds(3);
    private static final Duration REPLAY_DEADLINE = Duration.ofSeconds(10);
    private static final Duration REPLAY_POLL = Duration.ofMillis(100);

    /// What the target may still have to replay when clients begin to wait: some tenths of a
    /// second.
    private static final long REPLAY_LAG = 16L << 20;

    private static final Duration FLUSH_POLL = Duration.ofMillis(5);
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

    private final NodeName self;
    private final LocalPostgres local;
    private final Proposals proposals;
    private final LeaseKeeper lease;
    private final FollowerHealth health;
    private final BootClock clock;
    private final Steps steps;

    HandOver(
            NodeName self,
            LocalPostgres local,
            Proposals proposals,
            LeaseKeeper lease,
            FollowerHealth health,
            BootClock clock,
            Steps steps) {
        this.self = self;
        this.local = local;
        this.proposals = proposals;
        this.lease = lease;
        this.health = health;
        this.clock = clock;
        this.steps = steps;
    }

    /// Performs it, or cancels it while that costs nothing. Once PostgreSQL is stopped a failure
    /// leaves it stopped: the rules then give the lease back, and an election decides.
    ///
    /// @return whether the lease was handed over
    boolean perform(Switchover request, ClusterState state, Epoch epoch) {
        List<NodeName> streaming = health.furthestFirst();
        Optional<NodeName> chosen = SwitchoverTarget.choose(request, streaming, state);
        if (chosen.isEmpty()) {
            String why = SwitchoverTarget.whyNobody(request, streaming, state, self);
            LOG.warn("switchover cancelled: {}", why);
            proposals.agree(new Command.CancelSwitchover(self, epoch, why));
            return false;
        }
        NodeName to = chosen.get();
        Optional<Upstream> target = Upstream.of(to, epoch, state);
        if (target.isEmpty()) {
            return false;
        }
        // connected before the stop: the time that takes is not the clients'
        try (LocalPostgres.FlushProbe probe = prepared(target.get())) {
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
        } catch (NotPreparedException e) {
            LOG.warn("switchover cancelled: {}", e.getMessage());
            proposals.agree(
                    new Command.CancelSwitchover(self, epoch, String.valueOf(e.getMessage())));
            return false;
        } catch (RuntimeException e) {
            // half stopped is of use to nobody: end it, and let an election decide, in which this
            // node's own vote counts for all
            LOG.warn("switchover: {}", e.getMessage());
            local.kill();
            return false;
        }
    }

    /// Something that costs nothing did not work: PostgreSQL still serves.
    private static final class NotPreparedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotPreparedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private LocalPostgres.FlushProbe prepared(Upstream target) {
        try {
            awaitReplayed(target.leader());
            local.checkpoint();
            return local.flushProbe(target);
        } catch (RuntimeException e) {
            throw new NotPreparedException("it could not be prepared: " + e.getMessage(), e);
        }
    }

    /// What it has to replay when this primary is stopped, everybody would wait for.
    private void awaitReplayed(NodeName to) {
        long deadline = clock.nanos() + REPLAY_DEADLINE.toNanos();
        long lag = replayLag(to);
        while (lag > REPLAY_LAG) {
            if (clock.nanos() > deadline) {
                throw new IllegalStateException(
                        to
                                + " has still to replay "
                                + (lag >> 20)
                                + " MiB, for which everybody would wait (a long query there may hold it up)");
            }
            clock.pause(REPLAY_POLL);
            lag = replayLag(to);
        }
    }

    private long replayLag(NodeName to) {
        return local.followers().stream()
                .filter(follower -> follower.name().node().equals(to))
                .mapToLong(follower -> follower.flushed().value() - follower.replayed().value())
                .max()
                .orElse(0);
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
