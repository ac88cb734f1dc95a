package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.SwitchoverRequest;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The demo as a user meets it: three real nodes with real PostgreSQL, each a process.
@Tag("cluster")
class DemoEndToEndTest {

    private static final long READY_SECONDS = 180;

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final DemoDirectory directory = DemoDirectory.at(reachableDirectory());

    private @Nullable Supervisor supervisor;

    /// JUnit's own temporary directories are closed to the user that runs PostgreSQL.
    private static Path reachableDirectory() {
        try {
            Path folder = Files.createTempDirectory("howdah-demo-test");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void leaveNothingBehind() throws InterruptedException {
        Supervisor last = supervisor;
        if (last != null) {
            last.stop();
        }
        if (directory.exists()) {
            new DemoStop(directory, events::add).stop();
            new DemoRemoval(directory).remove();
        }
    }

    @Test
    void clusterSurvivesEverythingThatAUserTriesFirst() throws Exception {
        DemoSettings settings =
                new DemoSetup(directory).open(new DemoOptions(3, FreePorts.block(50), null));
        start(settings);
        var client = settings.client();
        awaitReady(settings);

        String first = leader(client.cluster());
        String second = first.equals("n1") ? "n2" : "n1";
        await(client, cluster -> member(cluster, second).sync());
        client.switchover(new SwitchoverRequest(null, second));
        assertThat(leader(client.cluster())).isEqualTo(second);
        awaitReady(settings);

        await(
                client,
                cluster -> {
                    // what a status says may be a moment old: whoever is there is killed
                    Long postmaster = member(cluster, second).postgresPid();
                    if (cluster.epoch() < 3 && postmaster != null) {
                        ProcessHandle.of(postmaster).ifPresent(ProcessHandle::destroyForcibly);
                    }
                    return cluster.epoch() >= 3 && cluster.leader() != null;
                });
        awaitReady(settings);

        String third = leader(client.cluster());
        Objects.requireNonNull(directory.read().processes().get(third))
                .handle()
                .ifPresent(ProcessHandle::destroyForcibly);
        await(client, cluster -> cluster.epoch() >= 4 && cluster.leader() != null);
        awaitReady(settings);
        assertThat(events).contains(third + " ended (signal 9); starting it again in 1 s");

        Objects.requireNonNull(supervisor).stop();
        assertThat(directory.read().processes().values()).noneMatch(ProcessMark::runs);
        for (int i = 1; i <= 3; i++) {
            assertThat(LeftoverPostgres.in(settings.nodeDirectory(i))).isEmpty();
        }

        start(settings);
        awaitReady(settings);
        assertThat(client.history()).hasSizeGreaterThanOrEqualTo(4);
        SecretScan.assertNothingLeaked(directory.path());
    }

    private void start(DemoSettings settings) {
        var fresh =
                new Supervisor(directory, settings, ProgramUnderTest.launcher(), true, events::add);
        supervisor = fresh;
        fresh.start();
    }

    private void awaitReady(DemoSettings settings) throws InterruptedException {
        boolean ready = new Readiness(settings).await(READY_SECONDS, () -> true, _ -> {});
        assertThat(ready).as("ready; what happened: %s", events).isTrue();
    }

    private static String leader(ClusterStatus cluster) {
        return Objects.requireNonNull(cluster.leader());
    }

    private static MemberStatus member(ClusterStatus cluster, String name) {
        return cluster.members().stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void await(ApiClient client, Predicate<ClusterStatus> condition)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + READY_SECONDS * 1_000_000_000L;
        while (true) {
            try {
                if (condition.test(client.cluster())) {
                    return;
                }
            } catch (ApiException e) {
                // Nobody answers for a moment: that is what is being waited out.
            }
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadlineNanos);
            Thread.sleep(100);
        }
    }
}
