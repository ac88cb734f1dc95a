package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.SwitchoverRequest;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.testing.Await;
import io.howdah.testing.BreakableVolume;
import io.howdah.testing.SmallVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// What befalls one node's PostgreSQL on a bad day is said by `status`, with what to do, and
/// nothing that was acknowledged is lost; what can mend itself does. One cluster goes through all
/// of it; on PostgreSQL 15 where it is installed, else the embedded one. As root each node's
/// PostgreSQL lies on a small volume of its own, which can be filled.
@Tag("cluster")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(org.junit.jupiter.api.MethodOrderer.OrderAnnotation.class)
class BadDaysTest {

    private static final Path INSTALLED = Path.of("/usr/lib/postgresql/15/bin");
    private static final int VOLUME_MEGABYTES = 600;

    private static final String PARAMETERS =
            """
              parameters:
                max_slot_wal_keep_size: 64MB
                wal_keep_size: 16MB
                min_wal_size: 32MB
                max_wal_size: 64MB
            """;

    private final List<SmallVolume> volumes = new ArrayList<>();
    private final String postgres =
            Files.isExecutable(INSTALLED.resolve("postgres")) ? INSTALLED.toString() : "embedded";
    private @Nullable DemoCluster cluster;
    private @Nullable Writer writer;

    @BeforeAll
    void startCluster() throws IOException {
        var fresh = new DemoCluster(postgres);
        cluster = fresh;
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            Path directory = fresh.settings().nodeDirectory(node);
            SmallVolume.mount(directory.resolve("postgres"), VOLUME_MEGABYTES)
                    .ifPresent(volumes::add);
            Path configuration = directory.resolve("howdah.yaml");
            Files.writeString(
                    configuration,
                    Files.readString(configuration)
                            .replace("  bootstrap:", PARAMETERS + "  bootstrap:"));
        }
        fresh.startAll();
        fresh.awaitWhole();
        writer = new Writer(fresh.settings());
    }

    @AfterAll
    void stopCluster() throws InterruptedException {
        if (writer != null) {
            writer.stop();
        }
        if (cluster != null) {
            volumes.forEach(SmallVolume::free);
            cluster.halt();
        }
        volumes.forEach(SmallVolume::close);
        if (cluster != null) {
            cluster.stop();
        }
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    private Writer writer() {
        return Objects.requireNonNull(writer);
    }

    private ClusterStatus whole() {
        ClusterStatus status = cluster().awaitWhole();
        writer().awaitProgress();
        return status;
    }

    private void assertHealed() throws Exception {
        ClusterStatus after = whole();
        writer().assertNothingLost(DemoCluster.leader(after));
    }

    /// Waits until the node says something, and that it says what to do.
    private void awaitNote(int node, String... parts) {
        cluster()
                .await(
                        "n" + node + " says " + List.of(parts),
                        status -> {
                            String note = note(status, node);
                            return note.contains("HINT: ")
                                    && List.of(parts).stream().allMatch(note::contains);
                        });
    }

    private static String note(ClusterStatus status, int node) {
        MemberStatus member = DemoCluster.member(status, "n" + node);
        return Objects.requireNonNullElse(member.note(), "");
    }

    private Optional<SmallVolume> volume(int node) {
        return volumes.size() == DemoCluster.NODES
                ? Optional.of(volumes.get(node - 1))
                : Optional.empty();
    }

    @Test
    @Order(1)
    void primaryWithAFullVolumeHandsOverSaysSoAndComesBack() throws Exception {
        assumeTrue(volume(1).isPresent(), "only root may mount a small volume");
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        SmallVolume volume = volume(leader).orElseThrow();

        volume.fill();

        cluster().awaitSuccessor(before);
        writer().awaitProgress();
        awaitNote(leader, volume.directory().toString(), "is full: ", " bytes free");

        volume.free();
        assertHealed();
    }

    @Test
    @Order(2)
    void standbyWhoseSlotLostItsWalIsCopiedAnewByItself() throws Exception {
        ClusterStatus before = whole();
        int standby = DemoCluster.others(before).getFirst();
        cluster().killHost(standby);
        int logged = cluster().log(standby).length();
        try (Connection connection = Writer.toPrimary(cluster().settings())) {
            // more than the slot may hold, in several turns, so that checkpoints come between
            for (int i = 0; i < 12; i++) {
                Writer.execute(
                        connection, "create table ballast as select generate_series(1, 300000)");
                Writer.execute(connection, "drop table ballast");
            }
        }

        cluster().start(standby);

        assertHealed();
        assertThat(cluster().log(standby).substring(logged))
                .contains("the leader no longer has the WAL that it needs next")
                .contains("copying n" + standby);
    }

    @Test
    @Order(3)
    void serverThatSomebodyElseStartsIsEndedAndTakenOver() throws Exception {
        int standby = DemoCluster.others(whole()).getFirst();
        cluster().killHost(standby);

        startByHand(standby);
        cluster().start(standby);

        assertHealed();
        assertThat(cluster().log(standby))
                .containsAnyOf(
                        "what runs there is no server of ours",
                        // where no majority was there to ask for a while
                        "the lease of the PostgreSQL that runs here is over; ending it");
    }

    @Test
    @Order(4)
    void standbyThatSomebodyRanAsAPrimaryIsCopiedAnew() throws Exception {
        int standby = DemoCluster.others(whole()).getFirst();
        cluster().killHost(standby);

        Files.delete(cluster().dataDirectory(standby).resolve("standby.signal"));
        startByHand(standby);
        cluster().start(standby);

        assertHealed();
        assertThat(cluster().log(standby)).contains("somebody ran").contains("copying n" + standby);
    }

    @Test
    @Order(5)
    void startByHandIsAStandbysAlsoOnAFormerPrimary() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        cluster().killHost(leader);

        startByHand(leader);

        Await.until(
                "its control file says that it recovers as a standby",
                () -> controlState(leader) == ControlData.State.IN_ARCHIVE_RECOVERY);
        cluster().start(leader);
        assertHealed();
    }

    private ControlData.State controlState(int node) {
        return new DataDirectory(cluster().dataDirectory(node), OperatingSystemUser.forPostgres())
                .controlData()
                .state();
    }

    /// As an operator would, who knows nothing of Howdah.
    private void startByHand(int node) throws Exception {
        Path data = cluster().dataDirectory(node);
        OperatingSystemUser owner = OperatingSystemUser.forPostgres();
        Path binaries = new Installations(owner).choose(postgres).binDirectory();
        Path log = data.resolveSibling("by-hand.log");
        List<String> command =
                owner.command(
                        List.of(
                                binaries.resolve("postgres").toString(),
                                "-D",
                                data.toString(),
                                "-c",
                                "listen_addresses=",
                                "-c",
                                "unix_socket_directories=" + data,
                                "-c",
                                "hot_standby=off"));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .directory(Path.of("/").toFile());
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        Process process = builder.start();
        Await.until(
                "PostgreSQL runs, started by hand: " + log,
                () -> {
                    assertThat(process.isAlive()).as(() -> read(log)).isTrue();
                    String said = read(log);
                    return said.contains("ready to accept connections")
                            || said.contains("entering standby mode");
                });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    @Order(6)
    void dataDirectoryOfAnotherOwnerIsRefusedUntilItIsGivenBack() throws Exception {
        OperatingSystemUser owner = OperatingSystemUser.forPostgres();
        assumeTrue(owner.another(), "only root may give files away");
        int standby = DemoCluster.others(whole()).getFirst();
        Path data = cluster().dataDirectory(standby);
        cluster().killHost(standby);
        Files.setAttribute(data, "unix:uid", 0);

        cluster().start(standby);

        awaitNote(standby, data.toString(), "give the data directory to the user");
        owner.own(data);
        assertHealed();
    }

    @Test
    @Order(7)
    void dataDirectoryOfAnotherVersionIsRefused() throws Exception {
        int standby = DemoCluster.others(whole()).getFirst();
        Path version = cluster().dataDirectory(standby).resolve("PG_VERSION");
        String right = Files.readString(version);
        cluster().killHost(standby);
        Files.writeString(version, "14\n");

        cluster().start(standby);

        awaitNote(standby, "is of PostgreSQL 14", "postgres.installation");
        Files.writeString(version, right);
        assertHealed();
    }

    /// As after an upgrade of the packages, or a slip in howdah.yaml: PostgreSQL runs on, and the
    /// next agent cannot start such a one.
    @Test
    @Order(7)
    void primaryThatItsNextAgentCouldNotStartGoesOnAndIsStillWatched() throws Exception {
        ClusterStatus before = whole();
        int primary = DemoCluster.leader(before);
        long postmaster = cluster().postmasterPid(primary);
        Path version = cluster().dataDirectory(primary).resolve("PG_VERSION");
        String right = Files.readString(version);
        Files.writeString(version, "14\n");

        cluster().restartAgent(primary, "USR1");

        Await.until(
                "the new agent says so",
                () ->
                        cluster()
                                .log(primary)
                                .contains("PostgreSQL runs, but could not be started again"));
        assertThat(whole().leader()).isEqualTo(before.leader());
        assertThat(cluster().postmasterPid(primary)).isEqualTo(postmaster);
        assertThat(cluster().hasDeadMansSwitch(primary)).isTrue();

        cluster().killPostmaster(primary);

        ClusterStatus after = cluster().awaitSuccessor(before);
        awaitNote(primary, "is of PostgreSQL 14", "postgres.installation");
        assertThat(after.leader()).isNotEqualTo(before.leader());
        Files.writeString(version, right);
        assertHealed();
    }

    @Test
    @Order(8)
    void dataDirectoryOfAnotherClusterIsRefusedAndLeftAlone() throws Exception {
        int standby = DemoCluster.others(whole()).getFirst();
        Path data = cluster().dataDirectory(standby);
        Path right = data.resolveSibling("right");
        OperatingSystemUser owner = OperatingSystemUser.forPostgres();
        cluster().killHost(standby);
        Files.move(data, right);
        new InitDb(new Installations(owner).choose(postgres)).run(new DataDirectory(data, owner));

        cluster().start(standby);

        awaitNote(standby, "belongs to another cluster: its system identifier is ");
        assertThat(data.resolve("howdah.incarnation")).doesNotExist();
        Files.move(data, data.resolveSibling("foreign"));
        Files.move(right, data);
        assertHealed();
    }

    @Test
    @Order(9)
    void primaryWhoseDiskFailsIsSucceededSaysSoAndComesBackWhenItIsMended() throws Exception {
        succeededByAFailure(BreakableVolume.Failure.READ_ONLY, " is read-only");
    }

    /// Neither its data directory nor where its processes work can be looked at any more.
    @Test
    @Order(10)
    void primaryWhoseFileSystemFallsSilentIsSucceededSaysSoAndComesBackWhenItIsMended()
            throws Exception {
        succeededByAFailure(BreakableVolume.Failure.SILENT, " cannot be looked at: ");
    }

    private void succeededByAFailure(BreakableVolume.Failure failure, String said)
            throws Exception {
        ClusterStatus before = whole();
        int node = DemoCluster.others(before).getFirst();
        Path folder = cluster().settings().nodeDirectory(node);
        cluster().killHost(node);
        volume(node).ifPresent(SmallVolume::close);
        Optional<BreakableVolume> mounted =
                BreakableVolume.mount(
                        failure,
                        folder.resolve("disk.img"),
                        folder.resolve("postgres"),
                        VOLUME_MEGABYTES);
        if (mounted.isEmpty()) {
            volume(node).ifPresent(SmallVolume::mountAgain);
        }
        cluster().start(node);
        whole();
        assumeTrue(mounted.isPresent(), "only root may mount a volume that breaks");
        try (BreakableVolume disk = mounted.get()) {
            cluster().client().switchover(new SwitchoverRequest(null, "n" + node));
            ClusterStatus led = whole();

            disk.fail();

            cluster().awaitSuccessor(led);
            writer().awaitProgress();
            awaitNote(node, "the volume of " + disk.directory(), said);

            cluster().killHost(node);
            disk.mend();
            cluster().start(node);
            assertHealed();
            cluster().killHost(node);
        }
        volume(node).ifPresent(SmallVolume::mountAgain);
        cluster().start(node);
        assertHealed();
    }

    /// Nobody has two builds of glibc for a test: so the function that tells the version tells
    /// another one to the server on a certain port. All else is as it is: what that member reports,
    /// its verdict, the election. Versions are asked anew after a start, hence the restarts.
    @Test
    @Order(11)
    void memberThatSortsOtherwiseThanThePrimaryIsNotElectedAndSaysWhy() throws Exception {
        ClusterStatus before = whole();
        int first = DemoCluster.leader(before);
        int strange = DemoCluster.others(before).getFirst();
        int second = DemoCluster.others(before).getLast();
        tellVersions(
                first,
                "language sql volatile parallel safe as $f$ select case"
                        + " pg_catalog.current_setting('port') when '"
                        + cluster().settings().postgresPort(strange)
                        + "' then '0.99' else '2.36' end $f$");
        for (int node : List.of(strange, second)) {
            cluster().killHost(node);
            cluster().start(node);
            assertThat(DemoCluster.leader(whole())).as(cluster().logs()).isEqualTo(first);
        }
        cluster().client().switchover(new SwitchoverRequest(null, "n" + second));
        awaitNote(
                strange,
                "it is not elected: it sorts by",
                " 0.99 ",
                "n" + second,
                " 2.36",
                "REINDEX");
        ClusterStatus led = whole();

        cluster().killHost(second);

        assertThat(DemoCluster.leader(cluster().awaitSuccessor(led))).isEqualTo(first);
        tellVersions(
                first,
                "language internal strict volatile parallel safe as"
                        + " 'pg_database_collation_actual_version'");
        cluster().start(second);
        assertHealed();
    }

    private void tellVersions(int primary, String body) {
        try (PostgresConnection superuser = cluster().superuser(primary)) {
            superuser.execute("set allow_system_table_mods = on");
            superuser.execute(
                    "create or replace function"
                            + " pg_catalog.pg_database_collation_actual_version(oid) returns text "
                            + body);
        }
    }
}
