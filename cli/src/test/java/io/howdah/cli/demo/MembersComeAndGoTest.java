package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.Renewal;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.RefusedException;
import io.howdah.node.api.RemoveRequest;
import io.howdah.node.api.SwitchoverRequest;
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// Members are added to a running cluster, replaced and taken out, while rows are written; and what
/// their tags and callbacks do. One cluster goes through it all: n1 has a callback, n2 is the
/// source of copies, and n4 is added.
@Tag("cluster")
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MembersComeAndGoTest extends OnRunningCluster {

    private static final int ADDED = 4;

    private @Nullable Path callbacks;

    @BeforeAll
    void startCluster() throws IOException {
        var fresh = new DemoCluster("auto");
        Path folder = fresh.settings().nodeDirectory(1);
        Path told = folder.resolve("told");
        callbacks = told;
        Path program = Files.writeString(folder.resolve("tell"), "#!/bin/sh\necho $* >> " + told);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        fresh.configure(1, "callbacks:\n  on-role-change: ['" + program + "']\n");
        fresh.configure(2, "tags: {clonefrom: true}\n");
        run(fresh);
    }

    /// All is well, rows are written, and n1 leads.
    private ClusterStatus ledByFirst() {
        ClusterStatus status = cluster().awaitWhole();
        if (DemoCluster.leader(status) != 1) {
            cluster().client().switchover(new SwitchoverRequest(null, "n1"));
            status = cluster().awaitWhole();
        }
        writer().awaitProgress();
        return status;
    }

    @Test
    @Order(1)
    void aNodeJoinsARunningClusterWithoutARestartOfTheOthers() throws Exception {
        ledByFirst();
        cluster().introduce(ADDED, "tags: {nosync: true, noloadbalance: true}\n");

        cluster().start(ADDED);

        ClusterStatus four =
                cluster()
                        .await(
                                cluster().client(3),
                                "n4 runs, and n3, which was never told of it, shows it",
                                status ->
                                        status.members().stream()
                                                .anyMatch(member ->
                                                        member.name().equals("n4")
                                                                && member.state()
                                                                        == MemberState.RUNNING));
        MemberStatus added = DemoCluster.member(four, "n4");
        assertThat(added.sync()).as("it is nosync").isFalse();
        assertThat(Objects.requireNonNull(added.tags()).text()).isEqualTo("noloadbalance nosync");
        assertThat(cluster().log(ADDED)).contains("copying n4 from n2");
        Await.until("n4 holds what is written", () -> rows(ADDED) > 0);
    }

    private long rows(int node) {
        try (Connection connection = Writer.toNode(cluster().settings(), node)) {
            return Writer.number(connection, "select count(*) from written");
        } catch (SQLException e) {
            return 0;
        }
    }

    @Test
    @Order(2)
    void aNodeIsTakenOutWithItsSlotAndStops() throws Exception {
        ClusterStatus before = cluster().client().cluster();
        String leader = Objects.requireNonNull(before.leader());
        assertThatThrownBy(() -> cluster().client().remove(new RemoveRequest(leader, "test")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(leader + " is the primary");

        cluster().client().remove(new RemoveRequest("n4", "test"));

        writer().awaitProgress();
        cluster().awaitWhole();
        Await.until(
                "n4 has stopped its PostgreSQL",
                () -> cluster().log(ADDED).contains("this node was taken out of the cluster"));
        try (Connection connection =
                Writer.toNode(cluster().settings(), DemoCluster.leader(before))) {
            Await.until("its slot is gone", () -> slots(connection, "howdah_n4") == 0);
        }
        cluster().killAgent(ADDED);
    }

    private static long slots(Connection connection, String name) {
        try {
            return Writer.number(
                    connection,
                    "select count(*) from pg_replication_slots where slot_name = '" + name + "'");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Order(3)
    void aNodeThatLostEverythingIsReplacedUnderItsName() throws Exception {
        ledByFirst();
        int logged = cluster().log(3).length();

        cluster().killHost(3);
        cluster().wipe(3);
        cluster().start(3);

        writer().assertNothingLost(DemoCluster.leader(cluster().awaitWhole()));
        assertThat(cluster().log(3).substring(logged)).contains("copying n3 from n2");
    }

    @Test
    @Order(4)
    void aPrimaryLeavesInOrderAndComesBackAsANewMember() throws Exception {
        ledByFirst();

        cluster().client(1).leave(new RemoveRequest(null, "test"));

        ClusterStatus two =
                cluster()
                        .await(
                                cluster().client(2),
                                "n2 and n3 go on",
                                status ->
                                        status.members().size() == 2
                                                && status.leader() != null
                                                && status.members().stream()
                                                        .allMatch(member ->
                                                                member.state()
                                                                        == MemberState.RUNNING));
        assertThat(two.leader()).isNotEqualTo("n1");
        writer().awaitProgress();

        cluster().killAgent(1);
        cluster().wipe(1);
        int logged = cluster().log(1).length();
        cluster().start(1);

        Await.until(
                "n1 is sent away with its former certificate, and says what to do",
                () -> {
                    String log = cluster().log(1).substring(logged);
                    return log.contains("n1 was taken out of the cluster at")
                            && log.contains("HINT: to take n1 in again give it a new certificate");
                });
        assertThatThrownBy(() -> cluster().clientAsNode(1, 2).node())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("n1 was taken out of the cluster");
        assertThat(cluster().client(2).cluster().members()).hasSize(2);

        new Renewal(new ClusterDirectory(cluster().settings().nodesDirectory()))
                .renew(Instant.now());
        writer().assertNothingLost(DemoCluster.leader(cluster().awaitWhole()));
    }

    @Test
    @Order(5)
    void theCallbackWasToldEachRole() throws IOException {
        ledByFirst();
        Path told = Objects.requireNonNull(callbacks);
        Await.until("n1 is told that it leads", () -> lastRole(told).equals("primary"));
        List<String> lines = Files.readAllLines(told);
        assertThat(lines).anyMatch(line -> line.matches("primary demo n1 [1-9]\\d* [1-9]\\d*"));
        assertThat(lines).anyMatch(line -> line.startsWith("replica demo n1 "));
        assertThat(lines).anyMatch(line -> line.startsWith("stopped demo n1 "));
    }

    private static String lastRole(Path told) {
        try {
            return Files.readAllLines(told).getLast().split(" ", 2)[0];
        } catch (IOException e) {
            return "";
        }
    }
}
