package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.node.api.ClusterStatus;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import io.howdah.testing.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// The dead man's switch on a whole cluster: an agent that hangs or dies does not leave a primary
/// behind that others have replaced, and one that is back in time finds all as it was. One cluster
/// and one writer go through all rounds.
@Tag("cluster")
@TestMethodOrder(org.junit.jupiter.api.MethodOrderer.OrderAnnotation.class)
class HungAgentsTest extends OnRunningCluster {

    /// Before the switch fires, after three quarters of the lease; a renewal was due a quarter
    /// before.
    private static final Duration IN_TIME = Duration.ofSeconds(6);

    private static final long LOOK_MILLIS = 5;

    @BeforeAll
    void startCluster() {
        var fresh = new DemoCluster("embedded");
        // an agent is to be back within three quarters of it
        fresh.lease("12s");
        run(fresh);
    }

    /// Reads from one node, over one connection, for as long as that answers.
    private final class Reader {
        private final Thread thread;
        private volatile long lastNanos;

        Reader(int node) throws SQLException {
            Connection connection = Writer.toNode(cluster().settings(), node);
            assertThat(Writer.number(connection, "select count(*) from written")).isPositive();
            lastNanos = System.nanoTime();
            thread = Thread.ofPlatform().daemon().start(() -> read(connection));
        }

        private void read(Connection connection) {
            try (connection) {
                while (true) {
                    Writer.number(connection, "select count(*) from written");
                    lastNanos = System.nanoTime();
                    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                }
            } catch (SQLException | InterruptedException e) {
                // no answer any more: what this reader waits for
            }
        }

        /// When it was answered last.
        long awaitEnd() {
            Await.until("the reader is cut off", () -> !thread.isAlive());
            return lastNanos;
        }
    }

    /// A row that a node acknowledges, as soon as one does, and what runs elsewhere at that moment.
    ///
    /// @param atNanos when
    /// @param leftovers processes of the former primary
    private record Acknowledged(long atNanos, List<Long> leftovers) {}

    private Acknowledged firstAcknowledgement(ClusterStatus before) {
        int former = DemoCluster.leader(before);
        var found = new Acknowledged[1];
        Await.until(
                "another node than n" + former + " acknowledges",
                () -> {
                    for (int node : DemoCluster.others(before)) {
                        try (Connection connection = Writer.toNode(cluster().settings(), node)) {
                            Writer.execute(connection, "insert into probed default values");
                            found[0] =
                                    new Acknowledged(
                                            System.nanoTime(), cluster().postgresProcesses(former));
                            return true;
                        } catch (SQLException e) {
                            // it does not lead yet
                        }
                    }
                    return false;
                });
        return found[0];
    }

    private void makeProbe(int leader) throws SQLException {
        try (Connection connection = Writer.toNode(cluster().settings(), leader)) {
            Writer.execute(
                    connection,
                    "create table if not exists probed (at timestamptz default pg_catalog.now())");
        }
    }

    private void assertReplacedAndBack(ClusterStatus before) throws SQLException {
        ClusterStatus after = whole();
        assertThat(after.epoch()).isGreaterThan(before.epoch());
        writer().assertNothingLost(DemoCluster.leader(after));
        assertOneSwitchEach();
    }

    private void assertOneSwitchEach() {
        for (int i = 1; i <= DemoCluster.NODES; i++) {
            int node = i;
            Await.until("n" + node + " has a switch", () -> switchPid(node) != 0);
        }
    }

    private long switchPid(int node) {
        try (ProcessGrip grip = cluster().deadMansSwitch(node).orElse(null)) {
            return grip == null ? 0 : grip.pid();
        }
    }

    @Test
    @Order(1)
    void aHungAgentsPostgresIsDeadBeforeAnotherPrimaryAcknowledges() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        makeProbe(leader);
        Reader reader = new Reader(leader);

        cluster().suspendAgent(leader);
        try {
            Acknowledged first = firstAcknowledgement(before);
            assertThat(first.leftovers()).as(cluster().logs()).isEmpty();
            assertThat(reader.awaitEnd()).isLessThan(first.atNanos());
        } finally {
            cluster().resumeAgent(leader);
        }

        assertReplacedAndBack(before);
    }

    @Test
    @Order(2)
    void aKilledAgentThatIsBackInTimeFindsItsPostgresServing() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        long postmaster = cluster().postmasterPid(leader);
        long switchBefore = switchPid(leader);
        int failures = writer().failures();

        long killedAt = System.nanoTime();
        cluster().killAgent(leader);
        cluster().start(leader);

        cluster()
                .await(
                        cluster().client(leader),
                        "n" + leader + " knows who leads",
                        status -> status.leader() != null);
        assumeTrue(
                System.nanoTime() - killedAt < IN_TIME.toNanos(),
                "this machine is too busy for an agent to be back within " + IN_TIME);
        ClusterStatus after = whole();
        assertThat(after.epoch()).as(cluster().logs()).isEqualTo(before.epoch());
        assertThat(cluster().postmasterPid(leader)).isEqualTo(postmaster);
        assertThat(writer().failures()).isEqualTo(failures);
        assertThat(switchPid(leader)).as("the same switch").isEqualTo(switchBefore);
    }

    @Test
    @Order(3)
    void aKilledAgentsPostgresIsDeadBeforeAnotherPrimaryAcknowledges() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        Reader reader = new Reader(leader);

        cluster().killAgent(leader);
        Acknowledged first = firstAcknowledgement(before);

        assertThat(first.leftovers()).as(cluster().logs()).isEmpty();
        assertThat(reader.awaitEnd()).isLessThan(first.atNanos());
        Await.until("nothing is left of it", () -> switchPid(leader) == 0);
        cluster().start(leader);
        assertReplacedAndBack(before);
    }

    @Test
    @Order(4)
    void aKilledSwitchIsReplaced() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        long killed = switchPid(leader);
        try (ProcessGrip grip = cluster().deadMansSwitch(leader).orElseThrow()) {
            assertThat(grip.signal(Signal.KILL)).isTrue();
        }

        Await.until("another switch", () -> switchPid(leader) != 0 && switchPid(leader) != killed);

        writer().awaitProgress();
        assertThat(whole().epoch()).isEqualTo(before.epoch());
    }

    @Test
    @Order(5)
    void aPrimaryWithoutTheWatchdogThatItRequiresLetsAnotherLead() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        String name = "n" + leader;
        cluster().configure(leader, "watchdog: {mode: required, device: /dev/null}\n");

        cluster().killAgent(leader);
        cluster().start(leader);

        cluster().awaitSuccessor(before);
        assertReplacedAndBack(before);
        ClusterStatus after =
                cluster()
                        .await(
                                name + " says why it does not lead",
                                status ->
                                        String.valueOf(DemoCluster.member(status, name).note())
                                                .contains(
                                                        "a watchdog is required: /dev/null is no watchdog"));
        assertThat(after.leader()).isNotEqualTo(name);
    }
}
