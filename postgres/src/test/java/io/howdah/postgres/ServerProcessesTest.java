package io.howdah.postgres;

import static io.howdah.postgres.TestDirectory.GENEROUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import io.howdah.testing.BreakableVolume;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NullMarked
class ServerProcessesTest {

    private static final String ALL = "io.howdah.postgres.TestInstallations#all";

    private static final int VOLUME_MEGABYTES = 512;

    private final TestDirectory directory = new TestDirectory();

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void backendsThatOutliveTheirPostmasterAreKilled(Installation installation) throws Exception {
        DataDirectory data = directory.initialised("data", installation);
        PostgresServer server = directory.started(installation, data);
        ServerProcesses processes = server.processes();
        // A stopped child does not notice that its postmaster is gone.
        long child =
                processes.running().stream()
                        .filter(pid -> pid != server.pid())
                        .findFirst()
                        .orElseThrow();
        try (ProcessGrip grip = ProcessGrip.on(child).orElseThrow()) {
            grip.signal(Signal.STOP);
            try (ProcessGrip postmaster = ProcessGrip.on(server.pid()).orElseThrow()) {
                postmaster.signal(Signal.KILL);
            }
            server.death().get(GENEROUS.toSeconds(), TimeUnit.SECONDS);
            assertThat(processes.running()).contains(child);

            processes.killAll(GENEROUS);

            assertThat(processes.running()).isEmpty();
            assertThat(grip.isAlive()).isFalse();
        }
    }

    /// Neither the data directory nor where a process works can be looked at any more: XFS after an
    /// error in its log.
    @ParameterizedTest
    @MethodSource(ALL)
    void serverWhoseFileSystemFallsSilentIsFoundAndKilledByWhomItIsHeld(Installation installation)
            throws Exception {
        Path disk = directory.path().resolve("disk");
        Optional<BreakableVolume> mounted =
                BreakableVolume.mount(
                        BreakableVolume.Failure.SILENT,
                        directory.path().resolve("image"),
                        disk,
                        VOLUME_MEGABYTES);
        assumeTrue(mounted.isPresent(), "only root may mount a volume that falls silent");
        try (BreakableVolume volume = mounted.get()) {
            DataDirectory data = directory.initialised("disk/data", installation);
            PostgresServer server = directory.started(installation, data);
            DirectoryHold hold = new DirectoryHold();
            hold.take(data.path());
            ServerProcesses held = new ServerProcesses(data, hold);
            List<Long> running = held.running();
            assertThat(running).contains(server.pid());

            volume.fail();

            assertThat(held.running()).containsAnyElementsOf(running);
            assertThatThrownBy(() -> new ServerProcesses(data).running())
                    .as("whoever holds nothing does not say that nothing runs")
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("cannot look at " + data.path());
            held.killAll(GENEROUS);
            assertThat(held.running()).isEmpty();
            assertThat(running).allMatch(pid -> ProcessGrip.on(pid).isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theCutEndsTheReceiverForGood(Installation installation) throws Exception {
        DataDirectory standbyData = directory.data("standby");
        String service = service(primaryWithCopy(installation, standbyData));
        Path serviceFile = directory.path().resolve("service.conf");
        DurableFiles files = new DurableFiles(TestInstallations.USER);
        files.write(serviceFile, service);

        PostgresServer standby =
                PostgresServer.start(standby(installation, standbyData, serviceFile));
        ServerProcesses processes = standby.processes();
        await(() -> streams(standbyData) == 1, "the standby streams", standbyData);
        assertThat(standby.awaitReady(GENEROUS)).isTrue();
        assertThat(standbyData.controlData().state())
                .isEqualTo(ControlData.State.IN_ARCHIVE_RECOVERY);
        long receiver = processes.walReceivers().getFirst();

        files.write(serviceFile, "");
        processes.endWalReceivers(GENEROUS);

        assertThat(ProcessGrip.on(receiver)).isEmpty();
        await(() -> log(standbyData).contains("definition of service"), "a refusal", standbyData);
        assertThat(streams(standbyData)).isOne();
        files.write(serviceFile, service);
        await(() -> streams(standbyData) == 2, "the standby streams again", standbyData);
    }

    /// Upon this rests that one look after the file was written finds whoever has read what it said
    /// before. A pipe in the file's place holds a receiver where it reads.
    @ParameterizedTest
    @MethodSource(ALL)
    void receiverHasItsTitleBeforeItReadsTheServiceFile(Installation installation)
            throws Exception {
        DataDirectory standbyData = directory.data("standby");
        String service = service(primaryWithCopy(installation, standbyData));
        Path pipe = directory.path().resolve("service.conf");
        assertThat(new ProcessBuilder("mkfifo", "-m", "644", pipe.toString()).start().waitFor())
                .isZero();

        PostgresServer standby = PostgresServer.start(standby(installation, standbyData, pipe));
        // opened only when somebody reads at the other end
        try (OutputStream writing = Files.newOutputStream(pipe)) {
            assertThat(standby.processes().walReceivers()).hasSize(1);
            writing.write(service.getBytes(StandardCharsets.UTF_8));
        }
        await(() -> streams(standbyData) == 1, "the standby streams", standbyData);
    }

    /// Starts a primary, of whose data a copy is made before, as those of a standby.
    private PostgresServer primaryWithCopy(Installation installation, DataDirectory copy)
            throws Exception {
        DataDirectory data = directory.initialised("primary", installation);
        createReplicationRole(installation, data);
        TestDirectory.copy(data.path(), copy.path());
        TestInstallations.USER.ownTree(copy.path());
        copy.createStandbySignal();
        // the cut is the same with and without encryption; certificates are tried elsewhere
        new DurableFiles(TestInstallations.USER)
                .write(
                        data.path().resolve("pg_hba.conf"),
                        """
                        local all all peer
                        host replication howdah_replication 127.0.0.1/32 scram-sha-256
                        """);
        return directory.started(installation, data);
    }

    private static String service(PostgresServer primary) {
        return "[howdah]\nhost=127.0.0.1\nport=%d\nuser=howdah_replication\npassword=secret\n"
                .formatted(primary.port());
    }

    private ServerLaunch standby(Installation installation, DataDirectory data, Path serviceFile) {
        ServerLaunch launch = directory.launch(installation, data, FreePorts.one());
        Map<String, String> parameters = new HashMap<>(launch.parameters());
        parameters.put("primary_conninfo", "service=howdah");
        return new ServerLaunch(
                launch.installation(),
                launch.data(),
                launch.port(),
                launch.listenAddresses(),
                launch.socketDirectory(),
                parameters,
                Map.of("PGSERVICEFILE", serviceFile.toString()),
                launch.logFile());
    }

    /// How often the server has begun to receive WAL.
    private long streams(DataDirectory data) {
        return log(data).lines().filter(line -> line.contains("started streaming WAL")).count();
    }

    private String log(DataDirectory data) {
        try {
            return Files.readString(directory.log(data), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private void await(BooleanSupplier condition, String what, DataDirectory data) {
        long end = System.nanoTime() + GENEROUS.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s%n%s", what, log(data)).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    /// In single-user mode, as the embedded PostgreSQL has no psql.
    private static void createReplicationRole(Installation installation, DataDirectory data)
            throws Exception {
        Process single =
                new ProcessBuilder(
                                data.owner()
                                        .command(
                                                List.of(
                                                        installation
                                                                .requireTool("postgres")
                                                                .toString(),
                                                        "--single",
                                                        "-D",
                                                        data.toString(),
                                                        "postgres")))
                        .directory(Path.of("/").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (OutputStream input = single.getOutputStream()) {
            input.write(
                    "create role howdah_replication login replication password 'secret'\n"
                            .getBytes(StandardCharsets.UTF_8));
        }
        assertThat(single.waitFor(GENEROUS.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(single.exitValue()).isZero();
    }
}
