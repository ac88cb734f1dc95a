package io.howdah.cli.chaos;

import io.howdah.node.api.ActionReply;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.PauseRequest;
import io.howdah.node.api.PauseStatus;
import io.howdah.node.api.RestartRequest;
import io.howdah.node.api.SwitchoverRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// What the cluster itself is asked for. A refusal is an answer like any other, in a cluster that
/// is being hurt. Thread-safe.
final class Requests {

    private static final long ASK_SECONDS = 95;
    private static final long POLL_MILLIS = 100;
    private static final String WHO = "howdah chaos";

    /// A node that did not answer may carry out later what it was asked for.
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final Executor THREADS =
            task -> Thread.ofVirtual().name("asking the cluster").start(task);

    private final Target target;
    private final CountDownLatch told;

    /// @param told no answer is waited for any longer when it comes to 0
    Requests(Target target, CountDownLatch told) {
        this.target = target;
        this.told = told;
    }

    Wound switchover(MemberStatus primary) throws InterruptedException {
        return Wound.atOnce(
                ask(client -> client.switchover(new SwitchoverRequest(primary.name(), null))));
    }

    Wound restart(MemberStatus member) throws InterruptedException {
        return Wound.atOnce(
                ask(client ->
                        client.at(member.api())
                                .restart(new RestartRequest(member.name(), null, false, false))));
    }

    /// Its healing returns only when no late answer can pause the cluster again.
    Wound pause(int fault) throws InterruptedException {
        String why = "fault " + fault;
        String result = ask(client -> client.pause(new PauseRequest(WHO, why)));
        return new Wound(result, null, () -> keepFrom(pause -> why.equals(pause.why())));
    }

    private void keepFrom(Predicate<PauseStatus> unwanted) {
        long until = System.nanoTime() + LATE_NANOS;
        while (System.nanoTime() < until) {
            end(unwanted);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Ends what pause any run has begun, and returns when there is none, or nobody says so.
    void endPauses() {
        long until = System.nanoTime() + LATE_NANOS;
        while (!end(pause -> pause.by().contains(WHO)) && System.nanoTime() < until) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// @return whether there is none for sure
    private boolean end(Predicate<PauseStatus> unwanted) {
        Optional<ClusterStatus> status = target.status();
        Optional<PauseStatus> pause = status.map(ClusterStatus::pauseDetail).filter(unwanted);
        if (pause.isPresent()) {
            try {
                target.client().resume(new PauseRequest(WHO, null));
            } catch (ApiException e) {
                // Another look follows.
            }
        }
        return status.isPresent() && pause.isEmpty();
    }

    private String ask(Question question) throws InterruptedException {
        CompletableFuture<String> answer =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                question.ask(target.client());
                                return FaultRecord.DONE;
                            } catch (ApiException e) {
                                return e.fact();
                            }
                        },
                        THREADS);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ASK_SECONDS);
        while (told.getCount() > 0 && System.nanoTime() < end) {
            try {
                return answer.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // Not yet.
            } catch (ExecutionException e) {
                throw new IllegalStateException("asking the cluster failed", e.getCause());
            }
        }
        return "no answer was waited for any longer";
    }

    private interface Question {
        ActionReply ask(ApiClient client);
    }
}
