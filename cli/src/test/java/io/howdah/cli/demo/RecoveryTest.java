package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cli.Howdah;
import io.howdah.node.api.ClusterStatus;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import io.howdah.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A majority is gone for good: the one that is left begins anew with what it has.
@Tag("cluster")
class RecoveryTest {

    private DemoCluster cluster;
    private Writer writer;

    @BeforeEach
    void start() {
        cluster = new DemoCluster("auto");
        cluster.startAll();
        writer = new Writer(cluster.settings());
        cluster.awaitWhole();
    }

    @AfterEach
    void stop() throws InterruptedException {
        writer.stop();
        cluster.stop();
    }

    /// The primary's host burns down, and of one standby the agreement; what the other has is kept,
    /// and both come back by it.
    @Test
    void clusterBeginsAnewWithTheDataOfASurvivor() throws Exception {
        ClusterStatus before = cluster.awaitWhole();
        int lost = DemoCluster.leader(before);
        int left = DemoCluster.others(before).getFirst();
        int second = DemoCluster.others(before).getLast();
        writer.awaitProgress();
        Set<Long> promised = writer.acknowledged();
        writer.awaitHeld(promised, left);
        SystemId system =
                new DataDirectory(cluster.dataDirectory(left), OperatingSystemUser.forPostgres())
                        .controlData()
                        .systemId();
        cluster.killHost(lost);
        cluster.killHost(second);
        cluster.wipe(lost);
        String[] recover = {"recover", "--config", yaml(left), "--yes"};
        assertThat(Howdah.run(recover)).as("nothing says which database it is").isEqualTo(1);
        cluster.configure(text ->
                text.replaceFirst(
                        "(?m)^postgres:\\n", "postgres:\n  system-identifier: '" + system + "'\n"));
        assertThat(Howdah.run(recover)).as("its agent runs").isEqualTo(1);
        assertThat(consensus(left).resolve("identity")).exists();
        cluster.killHost(left);
        Await.until("no switch runs", () -> !cluster.hasDeadMansSwitch(left));
        cluster.start(second);
        Await.until(
                "one of the former cluster answers",
                () -> Howdah.run("recover", "--config", yaml(left), "--dry-run") == 1);
        cluster.killHost(second);
        assertThat(Howdah.run("recover", "--config", yaml(left))).as("nobody asked").isEqualTo(2);
        assertThat(Howdah.run("recover", "--config", yaml(left), "--dry-run")).isZero();
        assertThat(consensus(left).resolve("identity")).exists();

        assertThat(Howdah.run(recover)).isZero();

        assertThat(Howdah.run(recover)).as("once more").isZero();
        Files.move(consensus(second), consensus(second).resolveSibling("consensus-before"));
        cluster.startAll();
        ClusterStatus after = cluster.awaitWhole();
        assertThat(after.leader()).isEqualTo("n" + left);
        assertThat(timeline(after, left).value())
                .as("a lost copy may be on any of the next ones")
                .isGreaterThan(timeline(before, lost).value() + 16);
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            writer.awaitHeld(promised, node);
        }
        writer.awaitProgress();
        assertThat(Howdah.run("switchover", "--directory", cluster.path().toString())).isZero();
        cluster.awaitWhole();
        writer.awaitProgress();
    }

    private static TimelineId timeline(ClusterStatus status, int node) {
        return Objects.requireNonNull(DemoCluster.member(status, "n" + node).timeline());
    }

    private String yaml(int node) {
        return cluster.settings().nodeDirectory(node).resolve("howdah.yaml").toString();
    }

    private Path consensus(int node) {
        return cluster.settings().nodeDirectory(node).resolve("consensus");
    }
}
