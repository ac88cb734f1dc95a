package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.adoption.AdoptionPlan;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataCopy;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Installation;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerLaunch;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.SocketDirectory;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A data directory of somebody else's becomes this node's with all that lies in it, whatever its
/// former owner left there, and whatever this node remembers of another one.
class AdoptionTest {

    private static final OperatingSystemUser USER = OperatingSystemUser.forPostgres();
    private static final Epoch FIRST = new Epoch(1);

    /// What must not come into force; and last what must stay.
    private static final String LEFT =
            """
            port = '1'
            listen_addresses = '192.0.2.1'
            unix_socket_directories = '/nowhere'
            data_directory = '/nowhere'
            hba_file = '/nowhere'
            ident_file = '/nowhere'
            external_pid_file = '/nowhere/pid'
            cluster_name = 'old'
            primary_conninfo = 'host=192.0.2.1'
            restore_command = '/bin/false'
            archive_cleanup_command = '/bin/false'
            recovery_end_command = '/bin/false'
            recovery_target = 'immediate'
            recovery_target_action = 'shutdown'
            recovery_target_timeline = 'current'
            hot_standby = 'off'
            fsync = 'off'
            full_page_writes = 'off'
            logging_collector = 'on'
            synchronous_standby_names = '*'
            max_connections = '21'
            work_mem = '11MB'
            """;

    private Path root = Path.of("");
    private final int port = FreePorts.one();

    static Stream<Installation> installations() {
        return TestMember.installations();
    }

    @BeforeEach
    void makeRoot() throws IOException {
        // JUnit's own temporary directories are closed to the user that runs PostgreSQL
        root = Files.createTempDirectory("howdah-test").toRealPath();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        new DurableFiles(USER).createDirectory(root.resolve("former"));
    }

    @AfterEach
    void deleteRoot() {
        new ServerProcesses(data()).killAll(Await.PATIENCE);
        new DurableFiles(USER).deleteTree(root);
    }

    private DataDirectory data() {
        return new DataDirectory(root.resolve("former").resolve("main"), USER);
    }

    private ManagedPostgres node(Installation installation) {
        return new ManagedPostgres(
                new ManagedSettings(
                        N1,
                        "test",
                        installation,
                        root.resolve("n1"),
                        data().path(),
                        "127.0.0.1",
                        port,
                        8,
                        Map.of("shared_buffers", "32MB"),
                        List.of(),
                        TestMember.SECRETS,
                        null,
                        () -> Set.of("127.0.0.1"),
                        null,
                        null,
                        () -> false,
                        null),
                () -> {});
    }

    /// What a node has noted about the data directory that it had before.
    private void rememberAnother() {
        DurableFiles files = new DurableFiles(USER);
        files.createDirectory(root.resolve("n1"));
        for (String mark : List.of("initialised-here", "rewind-under-way")) {
            files.write(root.resolve("n1").resolve(mark), "1\n");
        }
    }

    private static AdoptionOrder order(ManagedPostgres node) {
        AdoptionPlan plan = node.adoption().plan(ClusterState.INITIAL, N1, Optional.empty());
        assertThat(plan.role()).isEqualTo(AdoptionOrder.Role.PRIMARY);
        node.adoption().order(plan, "test");
        return node.ordered().orElseThrow();
    }

    private void takeInAndPromote(ManagedPostgres node, AdoptionOrder order) {
        // as the agent does with what was agreed
        node.configure(order.parameters(), List.of(), false);
        node.takeIn(order);
        assertThat(node.ordered()).isEmpty();
        assertThat(node.status())
                .isInstanceOfSatisfying(
                        LocalStatus.Stopped.class,
                        stopped ->
                                assertThat(stopped.incarnation()).isEqualTo(order.incarnation()));
        node.startStandby(Optional.empty());
        Await.until(
                "it has read its WAL to the end",
                () ->
                        node.status() instanceof LocalStatus.Standby standby
                                && standby.position().isPresent());
        node.cut();
        node.promote(new TimelineId(2), new InForce.Alone(), FIRST, () -> {});
        assertThat(node.status())
                .isInstanceOfSatisfying(
                        LocalStatus.Primary.class,
                        primary ->
                                assertThat(primary.position().history().current())
                                        .isEqualTo(new TimelineId(2)));
    }

    private String shown(String name) {
        try (PostgresConnection connection =
                PostgresConnection.open(
                        ConnectionSettings.of(
                                new ServerAddress.UnixSocket(
                                        SocketDirectory.prepare(
                                                root.resolve("n1").resolve("run"), USER),
                                        port),
                                "postgres"))) {
            return connection
                    .query("select pg_catalog.current_setting($1::text) as value", name)
                    .single()
                    .text("value");
        }
    }

    @ParameterizedTest
    @MethodSource("installations")
    void whatAFormerServerLeavesDoesNoHarm(Installation installation) throws IOException {
        new InitDb(installation).run(data());
        new DurableFiles(USER)
                .write(
                        data().path().resolve("postgresql.auto.conf"),
                        LEFT
                                + (installation.version().major() < 16
                                        ? "promote_trigger_file = '/tmp'\n"
                                        : ""));
        Path mine = data().path().resolve("mine.txt");
        Files.writeString(mine, "not copied");
        rememberAnother();
        try (ManagedPostgres node = node(installation)) {
            assertThat(node.isInitialisedHere()).isFalse();
            assertThat(node.status())
                    .isInstanceOfSatisfying(
                            LocalStatus.Unusable.class,
                            unusable -> assertThat(unusable.problem()).contains("not adopted"));

            AdoptionOrder order = order(node);
            Position end = node.stopFormer(order);
            assertThat(end.history().current()).isEqualTo(TimelineId.FIRST);
            assertThat(order.parameters()).containsOnlyKeys("max_connections", "work_mem");
            takeInAndPromote(node, order);

            assertThat(mine).exists();
            assertThat(shown("work_mem")).isEqualTo("11MB");
            assertThat(shown("port")).isEqualTo(Integer.toString(port));
            assertThat(shown("synchronous_standby_names")).isEmpty();
            assertThat(shown("fsync")).isEqualTo("on");
            assertThat(shown("restore_command")).isEmpty();
            assertThat(shown("recovery_target")).isEmpty();
            assertThat(shown("cluster_name")).isEqualTo("n1");
        }
    }

    private PostgresServer former(Installation installation) {
        PostgresServer server =
                PostgresServer.start(
                        new ServerLaunch(
                                installation,
                                data(),
                                port,
                                List.of(),
                                SocketDirectory.prepare(
                                        root.resolve("former").resolve("run"), USER),
                                Map.of(),
                                Map.of(),
                                root.resolve("former").resolve("log")));
        assertThat(server.awaitReady(Await.PATIENCE)).isTrue();
        return server;
    }

    @Test
    void crashAfterTheOrderIsRecoveredAndOneBeforeIsRefused() {
        Installation installation = installations().findFirst().orElseThrow();
        new InitDb(installation).run(data());
        try (ManagedPostgres node = node(installation)) {
            AdoptionOrder order = order(node);
            former(installation);
            new ServerProcesses(data()).killAll(Await.PATIENCE);
            assertThat(data().controlData().state()).isEqualTo(ControlData.State.IN_PRODUCTION);
            node.forgetOrder();
            assertThatThrownBy(() -> order(node))
                    .hasMessageContaining("was not stopped in order")
                    .hasMessageContaining("HINT: start it as before");

            node.stopFormer(order);
            takeInAndPromote(node, order);
        }
    }

    @Test
    void orderOutlivesTheAgentAndMeansOneDatabaseOnly() {
        Installation installation = installations().findFirst().orElseThrow();
        new InitDb(installation).run(data());
        AdoptionOrder order;
        try (ManagedPostgres node = node(installation)) {
            order = order(node);
        }
        try (ManagedPostgres restarted = node(installation)) {
            assertThat(restarted.ordered()).contains(order);
            new DurableFiles(USER).deleteTree(data().path());
            new InitDb(installation).run(data());
            assertThatThrownBy(() -> restarted.stopFormer(order))
                    .hasMessageContaining("does not hold the database " + order.systemId());
            assertThat(data().hasStandbySignal()).isFalse();
        }
    }

    @Test
    void serverThatStartsAgainAfterTheStopIsAStandby() {
        Installation installation = installations().findFirst().orElseThrow();
        new InitDb(installation).run(data());
        try (ManagedPostgres node = node(installation)) {
            AdoptionOrder order = order(node);
            node.stopFormer(order);
            former(installation);
            assertThat(data().controlData().state())
                    .isEqualTo(ControlData.State.IN_ARCHIVE_RECOVERY);

            takeInAndPromote(node, order);
        }
    }

    /// Whose primary, on the same timeline, the cluster began with.
    private AdoptionOrder orderStandby(ManagedPostgres node) {
        SystemId system = data().controlData().systemId();
        ClusterState adopted =
                accept(
                        ClusterState.INITIAL,
                        new Command.Adopt(
                                N2,
                                incarnation(N2),
                                system,
                                at(100),
                                new ClusterSettings(
                                        1, "test", 0, false, 0, new TreeMap<>(), List.of()),
                                1_000));
        AdoptionPlan plan = node.adoption().plan(adopted, N1, Optional.of(system));
        assertThat(plan.role()).isEqualTo(AdoptionOrder.Role.STANDBY);
        node.adoption().order(plan, "test");
        return node.ordered().orElseThrow();
    }

    /// It has stopped in order.
    private void makeFormerStandby(Installation installation) {
        new InitDb(installation).run(data());
        data().createStandbySignal();
        stop(former(installation));
        assertThat(data().controlData().state()).isEqualTo(ControlData.State.SHUT_DOWN_IN_RECOVERY);
    }

    private static void stop(PostgresServer server) {
        server.stop(PostgresServer.StopMode.FAST, Await.PATIENCE);
    }

    private static void promoteByHand(PostgresServer server, Installation installation) {
        var result =
                io.howdah.postgres.process.Command.run(
                        USER.command(
                                List.of(
                                        installation.requireTool("pg_ctl").toString(),
                                        "promote",
                                        "-D",
                                        server.data().path().toString())),
                        Map.of("PATH", OperatingSystemUser.PATH),
                        Await.PATIENCE);
        assertThat(result.succeeded()).as(result.output()).isTrue();
    }

    private static void assertNotTakenIn(ManagedPostgres node, AdoptionOrder order, String why) {
        assertThatThrownBy(() -> node.takeIn(order))
                .hasMessageContaining(why)
                .hasMessageContaining("the order of test to adopt it is void")
                .hasMessageContaining("HINT: save what only it has");
        assertThat(node.ordered()).isEmpty();
        assertThat(node.adoption().refusal().orElseThrow()).hasMessageContaining(why);
        assertThat(node.status()).isInstanceOf(LocalStatus.Unusable.class);
    }

    @ParameterizedTest
    @MethodSource("installations")
    void standbyThatIsPromotedAfterTheOrderIsNotTakenInAndServesOn(Installation installation) {
        assumeTrue(installation.tool("pg_ctl").isPresent());
        makeFormerStandby(installation);
        AdoptionOrder order;
        try (ManagedPostgres node = node(installation)) {
            order = orderStandby(node);
        }
        PostgresServer former = former(installation);
        promoteByHand(former, installation);
        try (ManagedPostgres node = node(installation)) {
            assertNotTakenIn(node, order, "is on timeline 2 by now, above 1");
            assertThat(former.isAlive()).isTrue();
            assertThat(data().hasStandbySignal()).as("it is left as it is").isFalse();

            // made a standby again, which the order could not tell from what was meant
            stop(former);
            data().createStandbySignal();
            stop(former(installation));
            assertNotTakenIn(node, order, "is on timeline 2 by now, above 1");
        }
    }

    @Test
    void standbyThatRanAsAPrimaryAfterTheOrderIsNotTakenIn() {
        Installation installation = installations().findFirst().orElseThrow();
        makeFormerStandby(installation);
        try (ManagedPostgres node = node(installation)) {
            AdoptionOrder order = orderStandby(node);
            data().removeStandbySignal();
            stop(former(installation));
            assertThat(data().controlData().replayedTimeline()).isEqualTo(TimelineId.FIRST);
            assertNotTakenIn(node, order, "has run as a primary");
        }
    }

    @Test
    void standbyThatGoesOnAsOneIsTakenInAndWhoPromotesItBeforeItsFirstStartMakesItAStray() {
        Installation installation =
                installations()
                        .filter(each -> each.tool("pg_ctl").isPresent())
                        .findFirst()
                        .orElse(null);
        assumeTrue(installation != null);
        makeFormerStandby(installation);
        try (ManagedPostgres node = node(installation)) {
            AdoptionOrder order = orderStandby(node);
            former(installation);
            node.takeIn(order);
            assertThat(node.adoption().refusal()).isEmpty();
            // whatever ran it before starts it once more
            stop(former(installation));
            assertThat(node.status()).isInstanceOf(LocalStatus.Stopped.class);
            assertThat(node.strayedFrom()).isEmpty();

            PostgresServer former = former(installation);
            promoteByHand(former, installation);
            stop(former);
            assertThat(node.status()).isInstanceOf(LocalStatus.Stopped.class);
            assertThat(node.strayedFrom()).contains(TimelineId.FIRST);
        }
    }

    @Test
    void databaseOfAnotherKindIsRefused() throws IOException {
        Installation installation = installations().findFirst().orElseThrow();
        try (ManagedPostgres node = node(installation)) {
            assertThatThrownBy(() -> order(node)).hasMessageContaining("there is no database");
            new InitDb(installation).run(data());
            Path label = data().path().resolve("backup_label");
            Files.writeString(label, "START WAL LOCATION");
            assertThatThrownBy(() -> order(node)).hasMessageContaining("there is a backup_label");
            Files.delete(label);
            Path tablespace = data().path().resolve("pg_tblspc").resolve("16400");
            Files.createSymbolicLink(tablespace, data().path().resolve("space"));
            assertThatThrownBy(() -> order(node)).hasMessageContaining("has a tablespace inside");
            Files.delete(tablespace);
            data().writeCopy(new DataCopy("0000000f", "n1"));
            assertThatThrownBy(() -> order(node)).hasMessageContaining("is Howdah's already");
        }
    }
}
