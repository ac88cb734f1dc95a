package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator's request that this node's agent has yet to fulfil: one at a time, and not for
/// ever. Thread-safe.
final class LocalRequests {

    /// @param underWay whether it has begun, and has not failed since
    private record Pending(
            LocalRequest request,
            long untilNanos,
            CompletableFuture<Optional<String>> answer,
            boolean underWay) {

        Pending begun() {
            return new Pending(request, untilNanos, answer, true);
        }

        Pending again(long until) {
            return new Pending(request, until, answer, false);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(LocalRequests.class);

    private final BootClock clock;
    private final Duration patience;
    private @Nullable Pending pending;

    /// @param patience how long a request may wait for its moment, at first and after an attempt
    ///   that failed; what has begun by then is not given up
    LocalRequests(BootClock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
    }

    /// Takes a request.
    ///
    /// @return why it was declined, or empty once there is no way back: PostgreSQL has stopped to
    ///   be started again, the copy begins
    synchronized CompletableFuture<Optional<String>> ask(LocalRequest request) {
        Pending before = current().orElse(null);
        if (before != null) {
            return CompletableFuture.completedFuture(
                    Optional.of("a request to " + before.request + " is under way here"));
        }
        Pending taken =
                new Pending(
                        request,
                        clock.nanos() + patience.toNanos(),
                        new CompletableFuture<>(),
                        false);
        pending = taken;
        return taken.answer.copy();
    }

    /// What is to be done.
    synchronized Optional<LocalRequest> pending() {
        return current().map(Pending::request);
    }

    private Optional<Pending> current() {
        Pending now = pending;
        if (now != null && !now.underWay && clock.nanos() > now.untilNanos) {
            String why = "it could not be done within " + patience.toSeconds() + " s";
            LOG.warn("gave up the request to {}: {}", now.request, why);
            end(why);
            now = null;
        }
        return Optional.ofNullable(now);
    }

    /// The agent sets about this act.
    synchronized void begins(Act act) {
        Pending now = pending;
        if (now == null) {
            return;
        }
        if (act instanceof Act.Decline(String why)) {
            end(why);
        } else if (act instanceof Act.Copy && now.request == LocalRequest.REINITIALISE) {
            // it stays pending: a copy that fails is tried again
            pending = now.begun();
            now.answer.complete(Optional.empty());
        }
    }

    /// The agent has done this act.
    synchronized void done(Act act) {
        Pending now = pending;
        if (now == null) {
            return;
        }
        if ((act instanceof Act.Restart && now.request == LocalRequest.RESTART)
                || (act instanceof Act.StartPrimary && now.request == LocalRequest.RESTART_IN_PLACE)
                || (act instanceof Act.Copy && now.request == LocalRequest.REINITIALISE)) {
            end(null);
        } else if (act instanceof Act.Restart) {
            // stopped in place: it stays pending until it is started again
            pending = now.begun();
            now.answer.complete(Optional.empty());
        }
    }

    /// The agent could not do this act.
    synchronized void failed(Act act, @Nullable String why) {
        Pending now = pending;
        boolean back =
                act instanceof Act.StartPrimary
                        && now != null
                        && now.request == LocalRequest.RESTART_IN_PLACE;
        if (act instanceof Act.Restart || back) {
            // half done or not at all: the rules find out what is to be done now
            end(why == null ? "PostgreSQL did not stop" : why);
        } else if (act instanceof Act.Copy && now != null) {
            // its former data may be counted on again by the time of the next attempt
            pending = now.again(clock.nanos() + patience.toNanos());
        }
    }

    private void end(@Nullable String refusal) {
        Pending now = pending;
        pending = null;
        if (now != null) {
            now.answer.complete(Optional.ofNullable(refusal));
        }
    }
}
