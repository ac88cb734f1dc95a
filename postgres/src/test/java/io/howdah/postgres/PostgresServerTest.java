package io.howdah.postgres;

import static io.howdah.postgres.TestDirectory.GENEROUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.PostgresServer.Status;
import io.howdah.postgres.PostgresServer.StopMode;
import io.howdah.postgres.process.Command;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NullMarked
class PostgresServerTest {

    private static final String ALL = "io.howdah.postgres.TestInstallations#all";

    private final TestDirectory directory = new TestDirectory();

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aServerStartsAndStopsInOrder(Installation installation) {
        DataDirectory data = directory.initialised("data", installation);
        assertThat(data.controlData().state()).isEqualTo(ControlData.State.SHUT_DOWN);
        PostgresServer server = directory.started(installation, data);
        assertThat(server.status()).isEqualTo(Status.READY);
        assertThat(data.controlData().state()).isEqualTo(ControlData.State.IN_PRODUCTION);
        assertThat(server.processes().running()).contains(server.pid()).hasSizeGreaterThan(3);

        server.stop(StopMode.FAST, GENEROUS);

        assertThat(server.status()).isEqualTo(Status.GONE);
        assertThat(server.processes().running()).isEmpty();
        assertThat(data.controlData().state()).isEqualTo(ControlData.State.SHUT_DOWN);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void killedPostmasterIsNoticedAndNothingOutlivesIt(Installation installation) throws Exception {
        DataDirectory data = directory.initialised("data", installation);
        PostgresServer server = directory.started(installation, data);
        PostgresServer adopted = PostgresServer.adopt(data, directory.log(data)).orElseThrow();
        assertThat(adopted.pid()).isEqualTo(server.pid());
        assertThat(adopted.startTicks()).isEqualTo(server.startTicks());

        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();

        server.death().get(GENEROUS.toSeconds(), TimeUnit.SECONDS);
        adopted.death().get(GENEROUS.toSeconds(), TimeUnit.SECONDS);
        new ServerProcesses(data).killAll(GENEROUS);
        assertThat(new ServerProcesses(data).running()).isEmpty();
        assertThat(PostgresServer.adopt(data, directory.log(data))).isEmpty();
        assertThat(data.controlData().state()).isEqualTo(ControlData.State.IN_PRODUCTION);

        PostgresServer again = directory.started(installation, data);
        again.stop(StopMode.IMMEDIATE, GENEROUS);
        assertThat(again.processes().running()).isEmpty();
    }

    /// Asked once a second for weeks: a thread or an open file more each time would be the end.
    @ParameterizedTest
    @MethodSource(ALL)
    void whoAsksWhereAServerListensHoldsNothingOfIt(Installation installation) throws Exception {
        DataDirectory data = directory.initialised("data", installation);
        assertThat(PostgresServer.localAddress(data)).isEmpty();
        PostgresServer server = directory.started(installation, data);
        List<Path> open = openProcesses();
        long watching = deathWatches();

        for (int i = 0; i < 50; i++) {
            ServerAddress.UnixSocket address = PostgresServer.localAddress(data).orElseThrow();
            assertThat(address.port()).isEqualTo(server.port());
            assertThat(address.directory()).isEqualTo(server.socketDirectory().orElseThrow());
        }

        assertThat(openProcesses()).hasSameSizeAs(open);
        assertThat(deathWatches()).isEqualTo(watching);
        server.stop(StopMode.FAST, GENEROUS);
        assertThat(PostgresServer.localAddress(data)).isEmpty();
        server.death().get(GENEROUS.toSeconds(), TimeUnit.SECONDS);
        assertThat(openProcesses()).as("of one that has ended").hasSize(open.size() - 1);
    }

    private static long deathWatches() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("postgres-death-"))
                .count();
    }

    /// The processes that this one has a descriptor of.
    private static List<Path> openProcesses() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(PostgresServerTest::isProcess).toList();
        }
    }

    private static boolean isProcess(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("pidfd");
        } catch (IOException e) {
            // the listing's own
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aTakenPortIsNamed(Installation installation) throws Exception {
        DataDirectory data = directory.initialised("data", installation);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            ServerLaunch launch = directory.launch(installation, data, taken.getLocalPort());
            assertThatThrownBy(() -> PostgresServer.start(launch))
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " of 127.0.0.1")
                    .hasMessageContaining("\nHINT: ");
        }
        assertThat(new ServerProcesses(data).running()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void dataOfAnotherVersionIsNotStarted(Installation installation) throws Exception {
        DataDirectory data = directory.data("data");
        Files.createDirectories(data.path());
        Files.writeString(data.path().resolve("PG_VERSION"), "14\n");
        ServerLaunch launch = directory.launch(installation, data, FreePorts.one());
        assertThatThrownBy(() -> PostgresServer.start(launch))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("was made by PostgreSQL 14, this is ")
                .hasMessageContaining("\nHINT: ");
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aWrongSettingIsNamed(Installation installation) {
        DataDirectory data = directory.initialised("data", installation);
        new DurableFiles(TestInstallations.USER)
                .write(data.path().resolve("postgresql.conf"), "work_memm = '4MB'\n");
        ServerLaunch launch = directory.launch(installation, data, FreePorts.one());
        assertThatThrownBy(() -> PostgresServer.start(launch))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("work_memm")
                .hasMessageContaining("postgres.parameters");
        assertThat(new ServerProcesses(data).running()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSecondServerInTheSameDirectoryIsRefused(Installation installation) {
        DataDirectory data = directory.initialised("data", installation);
        PostgresServer server = directory.started(installation, data);
        ServerLaunch launch = directory.launch(installation, data, FreePorts.one());
        assertThatThrownBy(() -> PostgresServer.start(launch))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("already runs in " + data);
        assertThat(server.isAlive()).isTrue();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void leftOversOfOthersDoNotHinderTheStart(Installation installation) throws Exception {
        DataDirectory data = directory.initialised("data", installation);
        Files.writeString(
                data.path().resolve("postgresql.auto.conf"), "restore_command = 'false'\n");
        Files.writeString(PostmasterFile.path(data.path()), ProcessHandle.current().pid() + "\n");
        assertThat(PostgresServer.adopt(data, directory.log(data))).isEmpty();
        PostgresServer server = directory.started(installation, data);
        assertThat(server.isAlive()).isTrue();
        assertThat(Files.readString(directory.log(data)))
                .contains("took out of postgresql.auto.conf")
                .contains("restore_command");
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void openedAccessIsTakenByAReload(Installation installation) throws Exception {
        DataDirectory data = directory.initialised("data", installation);
        PostgresServer server = directory.started(installation, data);
        HostBasedAccess access =
                new HostBasedAccess(
                        List.of(
                                new RoleAccess(
                                        "howdah_replication",
                                        "replication",
                                        RoleAccess.Reach.MEMBERS_ALWAYS)),
                        Set.of("127.0.0.1", "::1"),
                        true,
                        List.of(OperatingSystemUser.ourselves().name()),
                        List.of("host \"my db\" all 10.0.0.0 255.0.0.0 scram-sha-256"));
        new DurableFiles(TestInstallations.USER)
                .write(data.path().resolve("pg_hba.conf"), access.open());
        server.reload();
        long end = System.nanoTime() + GENEROUS.toNanos();
        while (!Files.readString(directory.log(data)).contains("received SIGHUP")) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
        server.stop(StopMode.FAST, GENEROUS);
        PostgresServer again = directory.started(installation, data);
        assertThat(Files.readString(directory.log(data)))
                .doesNotContain("pg_hba.conf was not reloaded");
        Optional<Path> psql = installation.tool("psql");
        if (psql.isPresent()) {
            Command.Result result =
                    Command.run(
                            List.of(
                                    psql.get().toString(),
                                    "--no-psqlrc",
                                    "--tuples-only",
                                    "--no-align",
                                    "--host=" + directory.path().resolve("socket"),
                                    "--port=" + again.port(),
                                    "--username=postgres",
                                    // this server has no certificate, so PostgreSQL warns of
                                    // every hostssl line
                                    "--command=select count(*) from pg_catalog.pg_hba_file_rules"
                                            + " where error not like 'hostssl record cannot match%'"),
                            Map.of(),
                            GENEROUS);
            assertThat(result.output().strip()).isEqualTo("0");
        }
    }
}
