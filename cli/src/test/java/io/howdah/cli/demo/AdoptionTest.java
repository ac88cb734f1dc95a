package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.cluster.step.Step;
import io.howdah.node.api.AdoptRequest;
import io.howdah.node.api.AdoptionView;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.RefusedException;
import io.howdah.node.api.ReinitializeRequest;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.Tablespaces;
import io.howdah.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// A primary and its streaming standby that were made without Howdah become a cluster's, while rows
/// are written: neither is copied, each is restarted once, and the third node is a copy. Agents
/// end, as by SIGKILL, at every step of it, and are started again as systemd would.
@Tag("cluster")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdoptionTest {

    static final Set<Step> STEPS =
            EnumSet.of(
                    Step.ADOPTION_ORDERED,
                    Step.ADOPTION_STOPPED,
                    Step.ADOPTION_AGREED,
                    Step.ADOPTION_TAKEN_IN);

    private static final Path BIN = Path.of("/usr/lib/postgresql/15/bin");

    private final ArmedSteps steps = new ArmedSteps();
    private @Nullable DemoCluster cluster;
    private @Nullable FormerPostgres primary;
    private @Nullable FormerPostgres standby;
    private @Nullable Writer writer;
    private String systemId = "";

    @BeforeAll
    void makePair() throws Exception {
        assumeTrue(
                Files.isExecutable(BIN.resolve("pg_basebackup"))
                        && Files.isExecutable(BIN.resolve("psql")),
                () -> "pg_basebackup and psql are not in " + BIN);
        var fresh = new DemoCluster(BIN.toString(), steps.launcher());
        cluster = fresh;
        // after a failover a standby that nobody adopted yet may have to be copied
        fresh.lease("20s");
        var first = former(1);
        primary = first;
        first.initialise();
        first.append(
                "postgresql.conf",
                """
                work_mem = '9MB'
                shared_buffers = '32MB'
                wal_keep_size = '64MB'
                wal_sender_timeout = '5min'
                archive_mode = on
                archive_command = '/bin/true'
                """);
        first.start();
        first.execute("create role former login replication password 'former'");
        first.execute("create role app login password 'app'");
        first.execute("create database app owner app");
        // tablespaces of both lie outside, each at a place of its own
        Path space = first.space();
        new DurableFiles(OperatingSystemUser.forPostgres()).createDirectory(space);
        first.execute("create tablespace far location '" + space + "'");
        first.execute("grant create on tablespace far to app");
        try (Connection connection = Writer.toNode(fresh.settings(), 1)) {
            Writer.execute(
                    connection,
                    "create table far tablespace far as select generate_series(1, 1000) as i");
        }
        first.append("pg_hba.conf", "host app,postgres app samenet md5\n");
        first.execute("alter system set maintenance_work_mem = '77MB'");
        first.execute("alter system set synchronous_standby_names = ''");
        first.execute("select pg_reload_conf()");
        first.execute("select pg_create_physical_replication_slot('leftover')");
        var second = former(2);
        standby = second;
        second.copy(first);
        // what would keep a standby from following, or from answering
        second.append(
                "postgresql.auto.conf",
                """
                restore_command = '/bin/false'
                archive_cleanup_command = '/bin/false'
                recovery_target_timeline = 'current'
                cluster_name = 'old'
                """);
        second.start();
        systemId = first.directory().controlData().systemId().toString();
        for (FormerPostgres each : List.of(first, second)) {
            each.append("mine.txt", "not copied");
        }
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            adoptIn(node);
        }
        writer = new Writer(fresh.settings());
        writer().awaitProgress();
    }

    private FormerPostgres former(int node) {
        Path home = cluster().settings().nodeDirectory(node).resolve("former");
        return new FormerPostgres(
                BIN, home.resolve("main"), cluster().settings().postgresPort(node));
    }

    private void adoptIn(int node) throws Exception {
        Path file = cluster().settings().nodeDirectory(node).resolve("howdah.yaml");
        String keys =
                "postgres:\n  system-identifier: "
                        + systemId
                        + "\n"
                        + (node == 3 ? "" : "  data-directory: former/main\n");
        Files.writeString(file, Files.readString(file).replace("postgres:\n", keys));
    }

    @AfterAll
    void removeCluster() throws Exception {
        steps.letGo();
        if (writer != null) {
            writer.stop();
        }
        if (cluster != null) {
            cluster.stop();
        }
        steps.remove();
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    private Writer writer() {
        return Objects.requireNonNull(writer);
    }

    private FormerPostgres primary() {
        return Objects.requireNonNull(primary);
    }

    private FormerPostgres standby() {
        return Objects.requireNonNull(standby);
    }

    private void assertRefused(int node, String why) {
        assertThatThrownBy(() -> adopt(node))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(why);
    }

    private void adopt(int node) {
        cluster().client(node).adopt(new AdoptRequest("n" + node, false, "test"));
    }

    private @Nullable String note(int node) {
        return DemoCluster.member(cluster().client(node).cluster(), "n" + node).note();
    }

    @Test
    @Order(1)
    void nodesLeaveTheDatabaseAloneAndMakeNoOther() throws Exception {
        steps.keepStarted(cluster());

        cluster()
                .await(
                        "all three have reported and wait",
                        status ->
                                status.members().size() == DemoCluster.NODES
                                        && status.members().stream()
                                                .allMatch(member ->
                                                        member.state() == MemberState.STOPPED
                                                                && member.note() != null));
        assertThat(note(1)).contains("is not adopted").contains("HINT").contains("howdah adopt n1");
        assertThat(note(3)).contains("waiting for the database " + systemId + " to be adopted");
        assertRefused(2, "adopt the primary first");
        assertRefused(3, "there is no database");
        writer().awaitProgress();
        assertThat(writer().failures()).isZero();
    }

    @Test
    @Order(2)
    void dryRunSaysWhatWouldBeAndDoesNothing() {
        var reply = cluster().client(1).adopt(new AdoptRequest("n1", true, "test"));

        AdoptionView plan = Objects.requireNonNull(reply.adoption());
        assertThat(plan.systemIdentifier()).isEqualTo(systemId);
        assertThat(plan.role()).isEqualTo(MemberRole.PRIMARY);
        assertThat(plan.parameters())
                .containsEntry("work_mem", "9MB")
                .containsEntry("maintenance_work_mem", "77MB")
                .containsEntry("archive_command", "/bin/true")
                .doesNotContainKeys("wal_sender_timeout", "port", "synchronous_standby_names");
        assertThat(String.join("\n", plan.remarks()))
                .contains("wal_sender_timeout")
                .contains("physical slot \"leftover\"")
                .contains("old at 127.0.0.1")
                .contains("pg_hba.conf")
                .contains("tablespace in " + primary().space());
        assertThat(plan.access()).contains("host app,postgres app samenet scram-sha-256");
        writer().awaitProgress();
        assertThat(writer().failures()).isZero();
    }

    @Test
    @Order(3)
    void primaryIsAdoptedWhateverStepItsAgentEndsAt() throws Exception {
        steps.arm(STEPS);

        adoptWithEnds(1);

        ClusterStatus led = cluster().await("n1 leads", status -> "n1".equals(status.leader()));
        assertThat(led.epoch()).isPositive();
        writer().awaitProgress();
        cluster()
                .await(
                        "n3 is copied",
                        status -> DemoCluster.member(status, "n3").state() == MemberState.RUNNING);
        assertThat(note(2)).contains("is not adopted");
    }

    @Test
    @Order(4)
    void standbyIsAdoptedWhateverStepItsAgentEndsAt() throws Exception {
        steps.arm(EnumSet.of(Step.ADOPTION_ORDERED, Step.ADOPTION_STOPPED, Step.ADOPTION_TAKEN_IN));

        adoptWithEnds(2);

        ClusterStatus whole = cluster().awaitWhole();
        writer().awaitProgress();
        writer().assertNothingLost(DemoCluster.leader(whole));
    }

    /// Asked for once: what comes after the first end is the agent's own doing.
    private void adoptWithEnds(int node) {
        assertThatThrownBy(() -> adopt(node)).isInstanceOf(ApiException.class);
        Await.until(
                "the agent has ended at all steps",
                () -> {
                    try {
                        return steps.left().isEmpty();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    @Test
    @Order(5)
    void neitherWasCopied() throws Exception {
        for (FormerPostgres each : List.of(primary(), standby())) {
            assertThat(each.data().resolve("mine.txt")).exists();
            assertThat(each.directory().controlData().systemId()).hasToString(systemId);
        }
        assertThat(cluster().log(1) + cluster().log(2))
                .doesNotContain("copying n1")
                .doesNotContain("copying n2")
                .doesNotContain("rejoin n");
        assertThat(cluster().log(3)).contains("copying n3 from n1");
    }

    @Test
    @Order(6)
    void formerSettingsAreTheClusters() throws Exception {
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            try (Connection connection = Writer.toNode(cluster().settings(), node)) {
                assertThat(shown(connection, "work_mem")).as("n%d", node).isEqualTo("9MB");
                assertThat(shown(connection, "maintenance_work_mem")).isEqualTo("77MB");
                assertThat(shown(connection, "wal_sender_timeout")).isEqualTo("10s");
            }
        }
        assertThat(cluster().client().config().postgres().parameters())
                .containsEntry("work_mem", "9MB");
        assertThat(Files.readString(primary().data().resolve("postgresql.auto.conf.before-howdah")))
                .contains("77MB");
    }

    @Test
    @Order(7)
    void formerLinesOfAccessAreTheClusters() {
        assertThat(cluster().client().config().postgres().access())
                .startsWith("host all all 127.0.0.1/32 scram-sha-256")
                .contains("host app,postgres app samenet scram-sha-256");
    }

    @Test
    @Order(8)
    void tablespacesAreKeptAndCopiedToPlacesOfTheirOwn() throws Exception {
        assertThat(places(1)).containsExactly(primary().space());
        assertThat(places(2)).containsExactly(standby().space());
        Path copied = places(3).getFirst();
        assertThat(copied.getParent()).isEqualTo(primary().space());
        assertFarIsRead();

        cluster().client(3).reinitialize(new ReinitializeRequest("n3"));

        Await.until(
                "n3 has another place",
                () -> places(3).size() == 1 && !places(3).getFirst().equals(copied));
        cluster().awaitWhole();
        assertThat(copied).doesNotExist();
        assertFarIsRead();
    }

    private List<Path> places(int node) {
        return Tablespaces.of(
                node == 1
                        ? primary().data()
                        : node == 2
                                ? standby().data()
                                : cluster().settings().nodeDirectory(3).resolve("postgres/data"));
    }

    private void assertFarIsRead() throws SQLException {
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            try (Connection connection = Writer.toNode(cluster().settings(), node);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select count(*) from far")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).as("n%d", node).isEqualTo(1000);
            }
        }
    }

    private static String shown(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show " + name)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    @Test
    @Order(9)
    void adoptedOnesFailOver() throws Exception {
        ClusterStatus before = cluster().awaitWhole();
        assertRefused(1, "Howdah's already");

        cluster().killHost(DemoCluster.leader(before));

        cluster().awaitSuccessor(before);
        writer().awaitProgress();
        writer().assertNothingLost(DemoCluster.leader(cluster().awaitWhole()));
        var reasons = new ArrayList<String>();
        cluster().client().history().forEach(row -> reasons.add(row.reason()));
        assertThat(reasons.subList(0, 2)).containsExactly("adopted", "adopted");
        for (FormerPostgres each : List.of(primary(), standby())) {
            assertThat(each.data().resolve("mine.txt")).exists();
        }
    }
}
