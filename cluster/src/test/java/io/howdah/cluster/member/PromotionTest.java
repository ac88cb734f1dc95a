package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Installation;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.process.ProcessEntry;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.ProcessTable;
import io.howdah.postgres.process.Signal;
import io.howdah.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An epoch whose winner died unseen burns its timeline: the next promotion takes exactly the one
/// that was granted, though PostgreSQL would take the lowest that is free.
class PromotionTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch FOURTH = new Epoch(4);

    static Stream<Installation> installations() {
        return Servers.installations();
    }

    @ParameterizedTest
    @MethodSource("installations")
    void burntTimelinesAreSkippedAndFollowersComeAlong(Installation installation) {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));

            servers.of(N1).stop(Await.PATIENCE);
            servers.of(N2).cut();
            TimelineHistory promoted =
                    servers.of(N2)
                            .promote(new TimelineId(4), new InForce.Alone(), FOURTH, () -> {});

            assertThat(promoted.current()).isEqualTo(new TimelineId(4));
            assertThat(promoted.ended()).hasSize(1);
            assertThat(servers.position(N2).history()).isEqualTo(promoted);
            for (int burnt : List.of(2, 3)) {
                assertThat(historyFile(servers, N2, burnt))
                        .content()
                        .startsWith("#")
                        .hasLineCount(1);
            }
            // the primary of timeline 1 stopped in order, so its WAL lies on the new history
            servers.attach(N1, servers.upstream(N2, FOURTH));
            servers.of(N2).beginCheckpoint().join();
            Await.until(
                    "n1 is on timeline 4",
                    () -> servers.position(N1).history().current().equals(new TimelineId(4)));
            servers.of(N1).stop(Await.PATIENCE);
            servers.attach(N1, servers.upstream(N2, FOURTH));
            // started again, it reads its own WAL from its last restart point on, and comes there
            // too
            Await.until(
                    "n1 is on timeline 4 again",
                    () -> servers.position(N1).history().equals(promoted));
        }
    }

    @ParameterizedTest
    @MethodSource("installations")
    void aFailedPromotionLeavesNothingAndNoTimelineIsTakenTwice(Installation installation) {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            servers.of(N1).stop(Await.PATIENCE);
            servers.of(N2).cut();

            // only the startup process can promote, and it holds still
            signalStartup(servers, N2, Signal.STOP);
            CompletableFuture<Throwable> failure =
                    CompletableFuture.supplyAsync(() ->
                            catchThrowable(() ->
                                    servers.of(N2)
                                            .promote(
                                                    new TimelineId(4),
                                                    new InForce.Alone(),
                                                    FOURTH,
                                                    () -> {})));
            Await.until(
                    "the burnt numbers are planted",
                    () -> Files.exists(historyFile(servers, N2, 3)));
            servers.of(N2).kill();

            assertThat(failure.join()).isNotNull();
            assertThat(historyFile(servers, N2, 2)).doesNotExist();
            assertThat(historyFile(servers, N2, 3)).doesNotExist();
            servers.of(N2).startStandby(Optional.empty());
            assertThat(servers.awaitPosition(N2).history().current()).isEqualTo(TimelineId.FIRST);
            assertThat(servers.of(N2).status().mayAcceptWrites()).isFalse();
            // it can win a later epoch, on yet another timeline, but no timeline twice
            InForce.Alone alone = new InForce.Alone();
            TimelineId sixth = new TimelineId(6);
            assertThat(servers.of(N2).promote(sixth, alone, new Epoch(6), () -> {}).current())
                    .isEqualTo(sixth);
            servers.of(N2).stop(Await.PATIENCE);
            servers.of(N2).startStandby(Optional.empty());
            servers.awaitPosition(N2);
            assertThatThrownBy(() -> servers.of(N2).promote(sixth, alone, new Epoch(6), () -> {}))
                    .hasMessageContaining("6");
            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Stopped.class);
        }
    }

    /// While a WAL receiver is asked for and not there yet PostgreSQL takes note of the request,
    /// and sleeps before it acts on it for as long as it rests between two attempts at a primary.
    @ParameterizedTest
    @MethodSource("installations")
    void aPromotionDoesNotWaitForTheNextAttemptAtAPrimary(Installation installation) {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            servers.of(N2)
                    .configure(
                            new TreeMap<>(Map.of("wal_retrieve_retry_interval", "1h")),
                            List.of(),
                            false);
            servers.of(N1).stop(Await.PATIENCE);
            servers.awaitPosition(N2);
            Path request = servers.walDirectory(N2).resolveSibling("promote");

            ProcessGrip postmaster =
                    ProcessGrip.on(servers.of(N2).pid().orElseThrow()).orElseThrow();
            CompletableFuture<TimelineHistory> promoted;
            try (postmaster) {
                assertThat(postmaster.signal(Signal.STOP)).isTrue();
                signalStartup(servers, N2, Signal.HANGUP);
                promoted =
                        CompletableFuture.supplyAsync(() ->
                                servers.of(N2)
                                        .promote(
                                                new TimelineId(2),
                                                new InForce.Alone(),
                                                FOURTH,
                                                () -> {}));
                Await.until(
                        "it is to be promoted", () -> promoted.isDone() || Files.exists(request));
                assertThat(postmaster.signal(Signal.CONTINUE)).isTrue();
            }

            assertThat(promoted.join().current()).isEqualTo(new TimelineId(2));
        }
    }

    private static Path historyFile(Servers servers, NodeName node, int timeline) {
        return servers.walDirectory(node).resolve("%08X.history".formatted(timeline));
    }

    private static void signalStartup(Servers servers, NodeName node, Signal signal) {
        long postmaster = servers.of(node).pid().orElseThrow();
        for (ProcessEntry child : ProcessTable.childrenOf(postmaster)) {
            if (ProcessTable.title(child.pid()).contains("startup")) {
                ProcessGrip grip = ProcessGrip.on(child.pid()).orElseThrow();
                assertThat(grip.signal(signal)).isTrue();
                grip.close();
                return;
            }
        }
        throw new AssertionError("no startup process");
    }
}
