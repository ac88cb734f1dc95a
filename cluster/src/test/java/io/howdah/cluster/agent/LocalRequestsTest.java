package io.howdah.cluster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Samples;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalRequestsTest {

    private static final Act RESTART = new Act.Restart(false);
    private static final Act COPY =
            new Act.Copy(
                    new Announcement(new Epoch(1), Samples.N1, Samples.at(100).history(), null),
                    "asked");

    private final AtomicLong nanos = new AtomicLong();
    private final LocalRequests requests = new LocalRequests(nanos::get, Duration.ofSeconds(60));

    @Test
    void oneRequestAtATime() {
        CompletableFuture<Optional<String>> first = requests.ask(LocalRequest.RESTART);

        assertThat(requests.ask(LocalRequest.REINITIALISE).join())
                .hasValueSatisfying(why -> assertThat(why).contains("restart"));
        assertThat(first).isNotDone();
        assertThat(requests.pending()).contains(LocalRequest.RESTART);
    }

    @Test
    void aRestartIsFulfilledOnceStoppedAndNotRepeated() {
        CompletableFuture<Optional<String>> answer = requests.ask(LocalRequest.RESTART);
        requests.begins(RESTART);
        assertThat(answer).isNotDone();

        requests.done(RESTART);

        assertThat(answer.join()).isEmpty();
        assertThat(requests.pending()).isEmpty();
    }

    @Test
    void aStopThatFailsIsToldAndNotRepeated() {
        CompletableFuture<Optional<String>> answer = requests.ask(LocalRequest.RESTART);

        requests.failed(RESTART, "it hangs");

        assertThat(answer.join()).contains("it hangs");
        assertThat(requests.pending()).isEmpty();
    }

    @Test
    void aFreshCopyIsTriedUntilItIsThere() {
        CompletableFuture<Optional<String>> answer = requests.ask(LocalRequest.REINITIALISE);
        requests.begins(COPY);
        assertThat(answer.join()).isEmpty();
        nanos.addAndGet(3_600_000_000_000L);
        assertThat(requests.pending()).as("it may take long").isPresent();
        requests.failed(COPY, "connection refused");
        nanos.addAndGet(59_000_000_000L);
        requests.begins(COPY);
        nanos.addAndGet(59_000_000_000L);
        assertThat(requests.pending()).contains(LocalRequest.REINITIALISE);

        requests.done(COPY);

        assertThat(requests.pending()).isEmpty();
    }

    /// Its former data may be a voter's again, whom the leader cannot do without.
    @Test
    void aFreshCopyThatFailedAndFindsNoOtherMomentIsGivenUp() {
        var _ = requests.ask(LocalRequest.REINITIALISE);
        requests.begins(COPY);
        requests.failed(COPY, "connection refused");

        nanos.addAndGet(61_000_000_000L);

        assertThat(requests.pending()).isEmpty();
    }

    @Test
    void whatFindsNoMomentIsDeclinedInTheEnd() {
        CompletableFuture<Optional<String>> answer = requests.ask(LocalRequest.RESTART);
        nanos.addAndGet(61_000_000_000L);

        assertThat(requests.pending()).isEmpty();

        assertThat(answer.join()).hasValueSatisfying(why -> assertThat(why).contains("60 s"));
        assertThat(requests.ask(LocalRequest.RESTART)).isNotDone();
    }

    @Test
    void whatTheRulesDeclineIsToldWithTheReason() {
        CompletableFuture<Optional<String>> answer = requests.ask(LocalRequest.REINITIALISE);

        requests.begins(new Act.Decline("n1 is the primary"));

        assertThat(answer.join()).contains("n1 is the primary");
        assertThat(requests.pending()).isEmpty();
    }
}
