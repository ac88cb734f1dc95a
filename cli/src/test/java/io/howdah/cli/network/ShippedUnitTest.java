package io.howdah.cli.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.cli.demo.ClusterWatch;
import io.howdah.cli.host.TestNetworks;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.node.api.ClusterStatus;
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// The unit that is shipped does under systemd what docs/install.md says of it. One cluster of
/// three hosts goes through all of it, with an application at every node and one outside.
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShippedUnitTest {

    /// Long enough for systemd to have an agent back within three quarters of it on a busy machine.
    private static final String LEASE = "lease: 12s\n";

    /// Before the switch fires, after three quarters of the lease; a renewal was due a quarter
    /// before.
    private static final Duration IN_TIME = Duration.ofSeconds(6);

    /// How often systemd has started an agent in vain when it is plain that it does not give up: it
    /// would after five times in ten seconds by its own defaults.
    private static final int STARTS = 6;

    private static final Path YAML = Path.of("/etc/howdah/howdah.yaml");

    private @Nullable VirtualNetwork network;
    private @Nullable SystemdNodes nodes;
    private @Nullable NetworkCluster cluster;
    private @Nullable Applications applications;

    @BeforeAll
    void startCluster() throws Exception {
        String obstacle = SystemdHost.obstacle();
        if (obstacle != null) {
            SystemdNodes.skip(obstacle);
        }
        var freshNetwork = TestNetworks.of(NetworkCluster.NODES);
        network = freshNetwork;
        Path folder = NetworkCluster.folder();
        var freshNodes = new SystemdNodes(freshNetwork, folder);
        nodes = freshNodes;
        var fresh = new NetworkCluster(freshNetwork, folder, freshNodes, LEASE);
        cluster = fresh;
        fresh.awaitWhole();
        applications = new Applications(freshNetwork, fresh);
    }

    @AfterAll
    void stopCluster() throws InterruptedException {
        VirtualNetwork everything = network;
        SystemdNodes hosts = nodes;
        NetworkCluster files = cluster;
        try (everything;
                hosts;
                files) {
            if (applications != null) {
                applications.stop();
            }
        }
    }

    private NetworkCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    private Applications applications() {
        return Objects.requireNonNull(applications);
    }

    private SystemdHost host(String name) {
        return Objects.requireNonNull(nodes).host(name);
    }

    /// All is well, and every application writes.
    private ClusterStatus whole() {
        ClusterStatus status = cluster().awaitWhole();
        applications().awaitProgressAt(Applications.HOSTS);
        return status;
    }

    private Path postgresFile(String node, String name) {
        return host(node).file("/var/lib/howdah/" + node + "/postgres/" + name);
    }

    private String postmaster(String node) {
        return SystemdHost.line(postgresFile(node, "data/postmaster.pid"));
    }

    private String deadMansSwitch(String node) {
        return SystemdHost.line(host(node).file("/var/lib/howdah/" + node + "/switch/process"));
    }

    /// What no restart of an agent may change: every postmaster, and the primary's switch. (A
    /// replica's is not armed, and ends with its agent.)
    private List<String> whatRuns(String leader) {
        return Stream.concat(
                        NetworkCluster.NODES.stream().map(this::postmaster),
                        Stream.of(deadMansSwitch(leader)))
                .toList();
    }

    private void awaitAnotherAgent(String node, long former) {
        Await.until(
                "another agent on " + node,
                () -> host(node).agent() != 0 && host(node).agent() != former);
        cluster()
                .watchFrom(List.of(node))
                .await(node + " knows who leads", status -> status.leader() != null);
    }

    /// The node's PostgreSQL was gone before another primary acknowledged anything.
    private void assertReplaced(ClusterStatus before, Reader reader) {
        List<String> others = ClusterWatch.others(before);
        cluster().watchFrom(others).awaitSuccessor(before);
        applications().awaitProgressAt(others);
        reader.assertCutOffBefore(
                applications().journal().firstToldAfter(ClusterWatch.timeline(before)));
    }

    /// Where the processor is short, a lease that is not renewed ends PostgreSQL.
    @Test
    @Order(1)
    void theAgentGetsTheProcessorBeforePostgres() {
        whole();
        for (String node : NetworkCluster.NODES) {
            assertThat(niceness(node, Long.toString(host(node).agent()))).isEqualTo(-10);
            assertThat(niceness(node, deadMansSwitch(node))).isEqualTo(-10);
            assertThat(niceness(node, postmaster(node))).isZero();
        }
    }

    /// @param process begins with its number
    private int niceness(String node, String process) {
        String pid = process.split(" ")[0];
        return Integer.parseInt(host(node).run("ps", "-o", "ni=", "-p", pid).strip());
    }

    @Test
    @Order(1)
    void restartsInterruptNoPostgres() {
        ClusterStatus before = whole();
        String leader = ClusterWatch.leader(before);
        List<String> runs = whatRuns(leader);
        List<SQLException> failures = applications().failures();

        for (String node : NetworkCluster.NODES) {
            long former = host(node).agent();
            host(node).run("systemctl", "restart", "howdah");
            awaitAnotherAgent(node, former);
        }

        assertThat(whole().epoch()).as(cluster().logs()).isEqualTo(before.epoch());
        assertThat(whatRuns(leader)).isEqualTo(runs);
        assertThat(applications().failures()).isEqualTo(failures);
        assertThat(host("n1").property("NRestarts")).isEqualTo("0");
    }

    @Test
    @Order(2)
    void killedAgentThatSystemdHasBackInTimeFindsItsPostgresServing() {
        ClusterStatus before = whole();
        String leader = ClusterWatch.leader(before);
        List<String> runs = whatRuns(leader);
        List<SQLException> failures = applications().failures();
        long former = host(leader).agent();

        long killedAt = System.nanoTime();
        host(leader).signalAgent("KILL");
        awaitAnotherAgent(leader, former);

        assumeTrue(
                System.nanoTime() - killedAt < IN_TIME.toNanos(),
                "this machine is too busy for an agent to be back within " + IN_TIME);
        assertThat(host(leader).property("NRestarts")).isEqualTo("1");
        assertThat(whole().epoch()).as(cluster().logs()).isEqualTo(before.epoch());
        assertThat(whatRuns(leader)).isEqualTo(runs);
        assertThat(applications().failures()).isEqualTo(failures);
    }

    /// Its `howdah.yaml` cannot be read meanwhile: systemd tries again and again.
    @Test
    @Order(3)
    void killedAgentsPostgresIsDeadBeforeAnotherPrimaryAcknowledges() throws Exception {
        ClusterStatus before = whole();
        String leader = ClusterWatch.leader(before);
        var reader = new Reader(leader, Objects.requireNonNull(network), cluster().database());
        Path yaml = host(leader).file(YAML.toString());
        Path aside = yaml.resolveSibling("aside");

        Files.move(yaml, aside);
        try {
            host(leader).signalAgent("KILL");
            assertReplaced(before, reader);
            assertThat(host(leader).processes("postgres")).isEmpty();
            Await.until(
                    "systemd goes on trying",
                    () -> Integer.parseInt(host(leader).property("NRestarts")) >= STARTS);
        } finally {
            Files.move(aside, yaml);
        }

        whole();
        applications().assertNothingLost();
    }

    @Test
    @Order(4)
    void hungAgentsPostgresIsDeadBeforeAnotherPrimaryAcknowledges() {
        ClusterStatus before = whole();
        String leader = ClusterWatch.leader(before);
        var reader = new Reader(leader, Objects.requireNonNull(network), cluster().database());
        long agent = host(leader).agent();

        host(leader).signalAgent("STOP");
        try {
            assertReplaced(before, reader);
            assertThat(host(leader).processes("postgres")).isEmpty();
        } finally {
            host(leader).signalAgent("CONT");
        }

        whole();
        assertThat(host(leader).agent()).as("the same agent").isEqualTo(agent);
        applications().assertNothingLost();
    }

    @Test
    @Order(5)
    void stopEndsPostgresInOrderAndGivesTheLeaseBack() throws Exception {
        ClusterStatus before = whole();
        String leader = ClusterWatch.leader(before);

        host(leader).run("systemctl", "stop", "howdah");

        assertThat(host(leader).property("ActiveState")).isEqualTo("inactive");
        assertThat(host(leader).property("Result")).isEqualTo("success");
        Await.until("only systemd is left", () -> leftOvers(leader).isEmpty());
        assertThat(lastLine(postgresFile(leader, "postgresql.log")))
                .contains("database system is shut down");
        List<String> others = ClusterWatch.others(before);
        cluster().watchFrom(others).awaitSuccessor(before);
        assertThat(cluster().client(others).history().getLast().reason())
                .isEqualTo(leader + " was stopped");

        host(leader).run("systemctl", "start", "howdah");
        whole();
        applications().assertNothingLost();
    }

    private List<Long> leftOvers(String node) {
        var left = new ArrayList<>(host(node).processes("postgres"));
        left.addAll(host(node).processes("java"));
        return left;
    }

    private static String lastLine(Path file) throws IOException {
        return Files.readAllLines(file).getLast();
    }
}
