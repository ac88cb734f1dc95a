package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Epoch;
import io.howdah.postgres.Installation;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A PostgreSQL that somebody starts behind our back, by hand or as a service of the operating
/// system: on real servers.
class StrangeServerTest {

    private static final Epoch FIRST = new Epoch(1);
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

            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Absent.class);
            servers.standby(N2, servers.upstream(N1, FIRST));
            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Standby.class);
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

    @ParameterizedTest
    @MethodSource("installations")
    void standbyThatWasPromotedByHandKeepsItsData(Installation installation) throws Exception {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            run(
                    List.of(
                            installation.requireTool("pg_ctl").toString(),
                            "promote",
                            "-D",
                            data(servers, N2).toString()));
            Await.until(
                    "n2 is a primary",
                    () -> servers.of(N2).status() instanceof LocalStatus.Primary);

            servers.of(N2).kill();

            // it is on a timeline of its own: whoever compares histories sees what it has
            assertThat(servers.of(N2).status()).isInstanceOf(LocalStatus.Stopped.class);
        }
    }

    private static Path data(Servers servers, io.howdah.cluster.state.NodeName node) {
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
    private static String startByHand(
            Servers servers, io.howdah.cluster.state.NodeName node, Installation installation)
            throws Exception {
        Path data = data(servers, node);
        Path log = data.resolveSibling("by-hand.log");
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
