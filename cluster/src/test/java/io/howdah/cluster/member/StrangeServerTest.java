package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Installation;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.WireException;
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A PostgreSQL that somebody starts behind our back, by hand or as a service of the operating
/// system: on real servers.
class StrangeServerTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);
    private static final OperatingSystemUser USER = OperatingSystemUser.forPostgres();

    static Stream<Installation> installations() {
        return Servers.installations();
    }

    @ParameterizedTest
    @MethodSource("installations")
    void serverThatSomebodyElseStartedIsNoneToAdopt(Installation installation) throws Exception {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            servers.of(N2).stop(Await.PATIENCE);

            startByHand(servers, N2, installation);

            assertThat(servers.of(N2).status())
                    .isInstanceOfSatisfying(
                            LocalStatus.Stopped.class,
                            stopped -> assertThat(stopped.leftovers()).isTrue());
            servers.of(N2).kill();
            servers.attach(N2, servers.upstream(N1, FIRST));
        }
    }

    /// It has the same arguments, and neither our service file nor our guard against the machine's.
    @ParameterizedTest
    @MethodSource("installations")
    void serverThatWasRestartedByHandIsNoneToAdopt(Installation installation) throws Exception {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            run(
                    List.of(
                            installation.requireTool("pg_ctl").toString(),
                            "restart",
                            "--pgdata=" + data(servers, N2),
                            "--log=" + data(servers, N2).resolveSibling("by-hand.log"),
                            "--wait"));

            assertThat(servers.of(N2).status())
                    .isInstanceOfSatisfying(
                            LocalStatus.Stopped.class,
                            stopped -> assertThat(stopped.leftovers()).isTrue());
            servers.restartAgent(N2);
            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Stopped.class);
            servers.of(N2).kill();
            servers.attach(N2, servers.upstream(N1, FIRST));
            servers.restartAgent(N2);
            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Standby.class);
        }
    }

    @ParameterizedTest
    @MethodSource("installations")
    void standbyThatSomebodyRanAsAPrimaryHoldsNothingOfUse(Installation installation)
            throws Exception {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Standby.class);
            servers.of(N2).stop(Await.PATIENCE);

            Files.delete(data(servers, N2).resolve("standby.signal"));
            startByHand(servers, N2, installation);
            servers.of(N2).kill();

            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Stopped.class);
            assertThat(servers.of(N2).strayedFrom()).contains(TimelineId.FIRST);
            servers.standby(N2, servers.upstream(N1, FIRST));
            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Standby.class);
            assertThat(servers.of(N2).strayedFrom()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("installations")
    void startByHandOfAFormerPrimaryIsAStandbys(Installation installation) throws Exception {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.of(N1).kill();

            String said = startByHand(servers, N1, installation);

            assertThat(said).contains("entering standby mode");
            servers.of(N1).kill();
            assertThat(servers.of(N1).status()).isInstanceOf(LocalStatus.Stopped.class);
        }
    }

    /// n2 was elected; n3, promoted by hand, takes the same number at the same point.
    @ParameterizedTest
    @MethodSource("installations")
    void standbyThatWasPromotedByHandIsNotTakenForAFollowerOfTheWinner(Installation installation)
            throws Exception {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            servers.standby(N3, servers.upstream(N1, FIRST));
            servers.of(N1).stop(Await.PATIENCE);
            Position claimed = servers.of(N2).cut();
            TimelineHistory won =
                    servers.of(N2)
                            .promote(new TimelineId(2), new InForce.Alone(), SECOND, () -> {});
            execute(servers, N2, "create table written_by_the_winner (id int)");

            promoteByHand(servers, N3, installation);
            execute(servers, N3, "create table written_by_hand (id int)");
            Position own = servers.position(N3);
            servers.of(N3).kill();

            Announcement announced = new Announcement(SECOND, N2, won, claimed);
            assertThat(announced.admits(own, own.lsn())).as("both histories say the same").isTrue();
            assertThat(servers.of(N3).status()).isInstanceOf(LocalStatus.Stopped.class);
            assertThat(servers.of(N3).strayedFrom()).contains(TimelineId.FIRST);
            // it may be started all the same, to vote
            servers.of(N3).startStandby(Optional.empty());
            servers.awaitPosition(N3);
            assertThat(servers.of(N3).strayedFrom()).contains(TimelineId.FIRST);
            assertThatThrownBy(() -> servers.of(N3).copy(servers.upstream(N1, FIRST)))
                    .isInstanceOf(WireException.class);
            servers.of(N3).status();
            assertThat(servers.of(N3).strayedFrom()).contains(TimelineId.FIRST);

            servers.standby(N3, servers.upstream(N2, SECOND));
            assertThat(servers.of(N3).status()).isInstanceOf(LocalStatus.Standby.class);
            assertThat(servers.of(N3).strayedFrom()).isEmpty();
            assertThat(tables(servers, N3)).containsExactly("written_by_the_winner");

            assertWhoLedIsNoStray(servers, N1);
            assertWhoLedIsNoStray(servers, N2);
            // a former leader, too: after a stop by its agent somebody starts and promotes it
            servers.of(N1).kill();
            startByHand(servers, N1, installation);
            run(
                    List.of(
                            installation.requireTool("pg_ctl").toString(),
                            "promote",
                            "--wait",
                            "-D",
                            data(servers, N1).toString()));
            servers.of(N1).kill();
            assertThat(servers.of(N1).status()).isInstanceOf(LocalStatus.Stopped.class);
            assertThat(servers.of(N1).strayedFrom()).isPresent();
            promoteByHand(servers, N2, installation);
            assertThat(servers.of(N2).strayedFrom()).contains(new TimelineId(2));
        }
    }

    @ParameterizedTest
    @MethodSource("installations")
    void whatIsCopiedFromAStandbyThatSomebodyPromotedHasStrayedToo(Installation installation)
            throws Exception {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Standby.class);
            promoteByHand(servers, N2, installation);

            assertThatThrownBy(() -> servers.of(N3).copy(servers.upstream(N2, SECOND)))
                    .hasMessageContaining("no leader by the cluster's doing");
            assertThat(servers.of(N3).status()).isInstanceOf(LocalStatus.Absent.class);

            servers.of(N2).kill();
            run(List.of("cp", "-a", data(servers, N2).toString(), data(servers, N3).toString()));
            assertThat(servers.of(N3).status()).isInstanceOf(LocalStatus.Stopped.class);
            assertThat(servers.of(N3).strayedFrom()).contains(TimelineId.FIRST);
        }
    }

    private static void assertWhoLedIsNoStray(Servers servers, NodeName node) {
        servers.of(node).kill();
        assertThat(servers.of(node).status()).isInstanceOf(LocalStatus.Stopped.class);
        servers.of(node).startStandby(Optional.empty());
        servers.awaitPosition(node);
        assertThat(servers.of(node).strayedFrom()).isEmpty();
    }

    private static void promoteByHand(Servers servers, NodeName node, Installation installation)
            throws Exception {
        run(
                List.of(
                        installation.requireTool("pg_ctl").toString(),
                        "promote",
                        "-D",
                        data(servers, node).toString()));
        Await.until(
                node + " is a primary",
                () -> servers.of(node).status() instanceof LocalStatus.Primary);
    }

    /// Waits for no standby.
    private static void execute(Servers servers, NodeName node, String statement) {
        try (PostgresConnection connection = PostgresConnection.open(servers.bySocket(node))) {
            connection.execute("set synchronous_commit to local");
            connection.execute(statement);
        }
    }

    private static List<String> tables(Servers servers, NodeName node) {
        try (PostgresConnection connection = PostgresConnection.open(servers.bySocket(node))) {
            return connection
                    .query(
                            "select tablename::text from pg_catalog.pg_tables where tablename like 'written%' order by 1")
                    .stream()
                    .map(row -> row.text("tablename"))
                    .toList();
        }
    }

    private static Path data(Servers servers, NodeName node) {
        return Objects.requireNonNull(servers.walDirectory(node).getParent());
    }

    private static void run(List<String> command) throws Exception {
        Process process =
                new ProcessBuilder(USER.command(command))
                        .directory(Path.of("/").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor()).isZero();
    }

    /// As an operator would, who knows nothing of Howdah. It ends with the test's own servers.
    ///
    /// @return what it said until it was under way
    private static String startByHand(Servers servers, NodeName node, Installation installation)
            throws Exception {
        Path data = data(servers, node);
        Path log = data.resolveSibling("by-hand.log");
        // what was killed a moment ago may look alive to PostgreSQL still
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        Process process =
                new ProcessBuilder(
                                USER.command(
                                        List.of(
                                                installation.requireTool("postgres").toString(),
                                                "-D",
                                                data.toString(),
                                                "-c",
                                                "listen_addresses=",
                                                "-c",
                                                "hot_standby=off",
                                                "-c",
                                                "unix_socket_directories=" + data)))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .directory(Path.of("/").toFile())
                        .start();
        Await.until(
                "PostgreSQL runs, started by hand",
                () -> {
                    String said = read(log);
                    assertThat(process.isAlive()).as(said).isTrue();
                    return said.contains("ready to accept connections")
                            || said.contains("entering standby mode");
                });
        return read(log);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
