package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.SwitchoverRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// Failovers in which those who are left do not hold the same, on a whole cluster of which n3 is
/// nofailover.
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FurthestMayNotLeadTest {

    private static final int NOFAILOVER = 3;
    private static final int ROWS = 500;

    private @Nullable DemoCluster cluster;

    @BeforeAll
    void startCluster() {
        var fresh = new DemoCluster("auto");
        cluster = fresh;
        fresh.configure(NOFAILOVER, "tags:\n  nofailover: true\n");
        fresh.startAll();
    }

    @AfterAll
    void stopCluster() throws InterruptedException {
        if (cluster != null) {
            cluster.stop();
        }
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    /// All is well, and n3 does not lead: as the first node it may, and by an operator's wish.
    private ClusterStatus led() {
        ClusterStatus status = cluster().awaitWhole();
        if (DemoCluster.leader(status) == NOFAILOVER) {
            cluster().client().switchover(new SwitchoverRequest(null, "n1"));
            status = cluster().awaitWhole();
        }
        return status;
    }

    private static int other(int primary) {
        return 3 - primary;
    }

    @Test
    @Order(1)
    void whatANofailoverMemberAloneHoldsIsKept() throws Exception {
        ClusterStatus before = led();
        int primary = DemoCluster.leader(before);
        int behind = other(primary);
        try (Connection connection = Writer.toNode(cluster().settings(), primary)) {
            Writer.execute(connection, "create table kept (id bigint primary key)");
            cluster().suspendWalSender(primary, behind);
            // each is acknowledged by n3, and n3 alone
            for (int i = 0; i < ROWS; i++) {
                Writer.execute(connection, "insert into kept values (" + i + ")");
            }
        }

        cluster().killHost(primary);

        ClusterStatus after = cluster().awaitSuccessor(before);
        assertThat(DemoCluster.leader(after)).isEqualTo(behind);
        assertThat(cluster().log(behind)).contains("catch up from n3");
        try (Connection connection = Writer.toNode(cluster().settings(), behind)) {
            assertThat(Writer.number(connection, "select count(*) from kept")).isEqualTo(ROWS);
        }
        cluster().start(primary);
        cluster().awaitWhole();
    }

    /// A primary sends WAL page by page, so under load a standby's last record is seldom whole.
    @Test
    @Order(2)
    void aFollowerThatHoldsNoMoreThanTheWinnerIsNeverCopied() throws Exception {
        ClusterStatus before = led();
        int primary = DemoCluster.leader(before);
        int logged = cluster().log(NOFAILOVER).length();
        List<Thread> load = new ArrayList<>();
        try (Connection connection = Writer.toNode(cluster().settings(), primary)) {
            Writer.execute(connection, "create table busy (id bigint, filler text)");
            for (int i = 0; i < 2; i++) {
                load.add(Thread.ofVirtual().start(() -> writeUntilItFails(primary)));
            }
            long start = Writer.number(connection, "select count(*) from busy");
            io.howdah.testing.Await.until(
                    "the load runs",
                    () -> {
                        try {
                            return Writer.number(connection, "select count(*) from busy")
                                    > start + 3_000;
                        } catch (SQLException e) {
                            throw new AssertionError(e);
                        }
                    });
            cluster().killHost(primary);
        }
        for (Thread thread : load) {
            thread.join();
        }

        cluster().awaitSuccessor(before);
        cluster().start(primary);
        cluster().awaitWhole();
        assertThat(cluster().log(NOFAILOVER).substring(logged)).doesNotContain("rejoin ");
    }

    private void writeUntilItFails(int primary) {
        try (Connection connection = Writer.toNode(cluster().settings(), primary)) {
            Writer.execute(connection, "set synchronous_commit = off");
            while (true) {
                Writer.execute(
                        connection,
                        "insert into busy select i, repeat('x', (random() * 1900)::int) from generate_series(1, 50) i");
            }
        } catch (SQLException e) {
            // the primary was killed: that is the end of it
            return;
        }
    }
}
