package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.Follower;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Switchover;
import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// What a leader does for a switchover before it costs anybody anything, while its PostgreSQL
/// serves and is tended: it waits until nobody would have to wait for what standbys have not
/// received or replayed yet, and has a checkpoint written, so that the shutdown has little left to
/// do. For one thread.
final class Preparation {

    private static final Duration LAG_DEADLINE = Duration.ofSeconds(10);
    private static final Duration CHECKPOINT_DEADLINE = Duration.ofSeconds(60);

    /// What may be missing when clients begin to wait: some tenths of a second.
    private static final long SMALL_LAG = 16L << 20;

    private final Switchover request;
    private final NodeName to;
    private final LocalPostgres local;
    private final BootClock clock;
    private @Nullable CompletableFuture<Void> checkpoint;
    private long deadlineNanos;

    /// @param to who takes over
    Preparation(Switchover request, NodeName to, LocalPostgres local, BootClock clock) {
        this.request = request;
        this.to = to;
        this.local = local;
        this.clock = clock;
        this.deadlineNanos = clock.nanos() + LAG_DEADLINE.toNanos();
    }

    /// What was asked for.
    Switchover request() {
        return request;
    }

    NodeName to() {
        return to;
    }

    /// Whether all is done; asked again and again until then.
    ///
    /// @throws RuntimeException when it cannot be done, or takes too long
    boolean isReady() {
        CompletableFuture<Void> begun = checkpoint;
        if (begun == null) {
            if (areFollowersNear()) {
                checkpoint = local.beginCheckpoint();
                deadlineNanos = clock.nanos() + CHECKPOINT_DEADLINE.toNanos();
            }
            return false;
        }
        if (!begun.isDone()) {
            require("the checkpoint before it was not written in time");
            return false;
        }
        try {
            begun.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the checkpoint before it failed: " + e.getCause(), e);
        }
        return areFollowersNear();
    }

    private boolean areFollowersNear() {
        Optional<String> far = whoIsFar();
        far.ifPresent(this::require);
        return far.isEmpty();
    }

    private void require(String orElse) {
        if (clock.nanos() > deadlineNanos) {
            throw new IllegalStateException(orElse);
        }
    }

    /// A shutdown in order waits until every standby that is connected has flushed everything; a
    /// promotion waits until the target has replayed it.
    private Optional<String> whoIsFar() {
        if (!(local.status() instanceof LocalStatus.Primary primary)) {
            return Optional.of("PostgreSQL does not answer");
        }
        Lsn end = primary.position().lsn();
        List<Follower> followers = local.followers();
        if (followers.stream().noneMatch(this::isTarget)) {
            return Optional.of(to + " does not stream any more");
        }
        return followers.stream().flatMap(follower -> lag(follower, end).stream()).findFirst();
    }

    private Optional<String> lag(Follower follower, Lsn end) {
        long unreplayed = end.value() - follower.replayed().value();
        long unreceived = end.value() - follower.flushed().value();
        NodeName node = follower.name().node();
        if (unreceived > SMALL_LAG) {
            return Optional.of(
                    "%s has still to receive %d MiB, for which everybody would wait"
                            .formatted(node, unreceived >> 20));
        }
        return isTarget(follower) && unreplayed > SMALL_LAG
                ? Optional.of(
                        "%s has still to replay %d MiB, for which everybody would wait (a long query there may hold it up)"
                                .formatted(node, unreplayed >> 20))
                : Optional.empty();
    }

    private boolean isTarget(Follower follower) {
        return follower.name().node().equals(to);
    }
}
