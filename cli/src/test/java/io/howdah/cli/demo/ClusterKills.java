package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.HistoryRow;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.PauseRequest;
import io.howdah.node.api.SwitchoverRequest;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// What the product promises, on a whole cluster of real processes: whatever is killed, nothing
/// that was acknowledged to a writing client is lost, and all three nodes serve again. One cluster
/// and one writer go through all rounds, as starting is what takes long.
@Tag("cluster")
@TestMethodOrder(org.junit.jupiter.api.MethodOrderer.OrderAnnotation.class)
abstract class ClusterKills extends OnRunningCluster {

    /// Three leases: without the pause another primary would lead within one.
    private static final Duration LEASES_WATCHED = Duration.ofSeconds(6);

    private final String postgres;

    /// @param postgres `embedded` or a bin directory
    ClusterKills(String postgres) {
        this.postgres = postgres;
    }

    /// Ends the test, with a message, where that PostgreSQL is not there.
    void requirePostgres() {}

    /// Fails unless the log, written while an old primary with rows of its own rejoined, shows how.
    abstract void assertRejoined(String log);

    @BeforeAll
    void startCluster() {
        requirePostgres();
        run(new DemoCluster(postgres));
    }

    /// The end of a round: all is well again, in a later epoch, with the reason told.
    private void assertHealed(ClusterStatus before) throws Exception {
        ClusterStatus after = cluster().awaitWhole();
        writer().awaitProgress();
        writer().assertNothingLost(DemoCluster.leader(cluster().awaitWhole()));
        List<HistoryRow> history = cluster().client().history();
        assertThat(after.epoch()).isGreaterThan(before.epoch());
        assertThat(history).noneMatch(row -> row.reason().isBlank());
        assertThat(history).extracting(HistoryRow::epoch).isSorted().doesNotHaveDuplicates();
        assertThat(history.getLast().leader()).isEqualTo(after.leader());
    }

    @Test
    @Order(1)
    void killedPostmasterLosesNothing() throws Exception {
        ClusterStatus before = whole();

        cluster().killPostmaster(DemoCluster.leader(before));

        cluster().awaitSuccessor(before);
        assertHealed(before);
    }

    @Test
    @Order(2)
    void killedAgentLosesNothing() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);

        cluster().killAgent(leader);

        cluster().awaitSuccessor(before);
        cluster().start(leader);
        assertHealed(before);
    }

    /// Every agent in turn, the primary's first, as `systemctl restart howdah` does on each host of
    /// a rolling upgrade.
    @Test
    @Order(20)
    void restartedAgentsInterruptNothing() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        String signal = ServiceUnit.read().value("Service", "RestartKillSignal");
        int failures = writer().failures();
        List<Long> postmasters = postmasters();

        cluster().restartAgent(leader, signal);
        for (int other : DemoCluster.others(before)) {
            cluster().awaitWhole();
            writer().awaitProgress();
            cluster().restartAgent(other, signal);
        }

        ClusterStatus after = cluster().awaitWhole();
        writer().awaitProgress();
        assertThat(after.leader()).as(cluster().logs()).isEqualTo(before.leader());
        assertThat(after.epoch()).isEqualTo(before.epoch());
        assertThat(postmasters()).isEqualTo(postmasters);
        assertThat(writer().failures()).isEqualTo(failures);
        writer().assertNothingLost(leader);
    }

    private List<Long> postmasters() {
        return IntStream.rangeClosed(1, DemoCluster.NODES)
                .mapToObj(cluster()::postmasterPid)
                .toList();
    }

    @Test
    @Order(3)
    void killedHostLosesNothing() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);

        cluster().killHost(leader);

        cluster().awaitSuccessor(before);
        writer().awaitProgress();
        cluster().start(leader);
        assertHealed(before);
    }

    @Test
    @Order(4)
    void switchoverLosesNothing() throws Exception {
        ClusterStatus before = whole();
        String target = "n" + DemoCluster.others(before).getFirst();

        cluster().client().switchover(new SwitchoverRequest(before.leader(), target));

        assertThat(cluster().client().cluster().leader()).isEqualTo(target);
        assertHealed(before);
    }

    @Test
    @Order(5)
    void restartOfAllThreeLosesNothing() throws Exception {
        ClusterStatus before = whole();

        for (int i = 1; i <= DemoCluster.NODES; i++) {
            cluster().killHost(i);
        }
        cluster().startAll();

        assertHealed(before);
    }

    @Test
    @Order(6)
    void divergedOldPrimaryRejoins() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        int logged;
        try (Connection connection = Writer.toNode(cluster().settings(), leader)) {
            Writer.execute(connection, "create table alone (id bigint)");
            cluster().suspendWalSenders(leader);
            Writer.execute(connection, "set synchronous_commit = local");
            Writer.execute(connection, "insert into alone select generate_series(1, 50000)");
            logged = cluster().log(leader).length();
            cluster().killHost(leader);
        }

        cluster().awaitSuccessor(before);
        cluster().start(leader);
        assertHealed(before);
        assertRejoined(cluster().log(leader).substring(logged));
        for (int i = 1; i <= DemoCluster.NODES; i++) {
            try (Connection connection = Writer.toNode(cluster().settings(), i)) {
                assertThat(Writer.number(connection, "select count(*) from alone")).isZero();
            }
        }
    }

    @Test
    @Order(7)
    void oneStandbyDownChangesNothing() throws Exception {
        ClusterStatus before = whole();
        int standby = DemoCluster.others(before).getLast();

        cluster().killHost(standby);
        writer().awaitProgress();
        cluster()
                .await(
                        "n" + standby + " is not counted on",
                        status -> !DemoCluster.member(status, "n" + standby).sync());
        writer().awaitProgress();
        cluster().start(standby);

        ClusterStatus after = cluster().awaitWhole();
        assertThat(after.leader()).isEqualTo(before.leader());
        assertThat(after.epoch()).isEqualTo(before.epoch());
        writer().assertNothingLost(DemoCluster.leader(after));
    }

    @Test
    @Order(8)
    void twoOfThreeGoneIsSaidAndHealed() throws Exception {
        ClusterStatus before = whole();
        int primary = DemoCluster.leader(before);
        int gone = DemoCluster.others(before).getFirst();
        int left = DemoCluster.others(before).getLast();

        cluster().killHost(gone);
        cluster().killHost(primary);

        for (String node : List.of("n" + gone, "n" + primary)) {
            cluster()
                    .await(
                            cluster().client(left),
                            "n" + left + " says that " + node + " is to be started",
                            status ->
                                    hint(status).contains("start `howdah node` on")
                                            && hint(status).contains(node));
        }
        cluster().start(primary);
        cluster().start(gone);

        assertHealed(before);
    }

    @Test
    @Order(9)
    void aPausedClusterElectsNobodyAndRecoversAfterwards() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        cluster().client().pause(new PauseRequest("test", "a postmaster is killed"));
        cluster()
                .await(
                        "every node knows of the pause",
                        status ->
                                status.members().stream()
                                        .allMatch(member ->
                                                member.applied() != null
                                                        && member.applied().paused()));

        cluster().killPostmaster(leader);
        cluster()
                .await(
                        "n" + leader + " leaves its PostgreSQL stopped",
                        status ->
                                DemoCluster.member(status, "n" + leader).state()
                                        == MemberState.STOPPED);
        assertNobodyLeadsInsteadFor(LEASES_WATCHED, before);

        cluster().client().resume(new PauseRequest("test", null));
        cluster().awaitSuccessor(before);
        assertHealed(before);
    }

    private void assertNobodyLeadsInsteadFor(Duration time, ClusterStatus before) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            cluster()
                    .await(
                            "the cluster is paused in the same epoch, and has no primary",
                            status ->
                                    status.paused()
                                            && status.epoch() == before.epoch()
                                            && status.members().stream()
                                                    .noneMatch(member ->
                                                            member.role() == MemberRole.PRIMARY
                                                                    && member.state()
                                                                            == MemberState
                                                                                    .RUNNING));
        }
    }

    private static String hint(ClusterStatus status) {
        return Objects.requireNonNullElse(status.hint(), "");
    }
}
