package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.Installation;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.howdah.postgres.wire.TestFiles#installations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicationConnectionTest {

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Installation installation;

    @SuppressWarnings("NullAway.Init")
    private TestServer server;

    @SuppressWarnings("NullAway.Init")
    private Path tablespace;

    @BeforeParameterizedClassInvocation
    void start(Installation injected) throws IOException {
        installation = injected;
        server = TestServer.start(installation);
        tablespace = server.home().resolve("space");
        Files.createDirectory(tablespace);
        TestFiles.USER.own(tablespace);
        try (PostgresConnection connection = server.connect()) {
            connection.execute(
                    "create tablespace space location " + new SqlLiteral(tablespace.toString()));
            connection.execute(
                    "create table near as select i, repeat('x', 500) as t from"
                            + " generate_series(1, 20000) i");
            connection.execute(
                    "create table far tablespace space as select i from generate_series(1, 1000)"
                            + " i");
            connection.execute("create tablespace inside location ''");
            connection.execute(
                    "create table within tablespace inside as select i from generate_series(1, 10)"
                            + " i");
        }
    }

    private UnaryOperator<Path> moved(Path to) {
        return from -> from.equals(tablespace) ? to : from;
    }

    @AfterParameterizedClassInvocation
    void stop() {
        server.close();
    }

    @Test
    void serverIsIdentified() {
        try (ReplicationConnection replication = server.connectForReplication();
                PostgresConnection connection = server.connect()) {
            SystemIdentity identity = replication.identifySystem();
            Row expected =
                    connection
                            .query(
                                    "select system_identifier::text as id from"
                                            + " pg_catalog.pg_control_system()")
                            .single();
            assertThat(identity.systemId().toString()).isEqualTo(expected.text("id"));
            assertThat(identity.timeline()).isEqualTo(TimelineId.FIRST);
            assertThat(identity.position()).isGreaterThan(Lsn.ZERO);
            assertThat(replication.timelineHistory(TimelineId.FIRST).content()).isEmpty();
            assertThatThrownBy(() -> replication.timelineHistory(new TimelineId(7)))
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("58P01"));
            assertThat(replication.isOpen()).isTrue();
        }
    }

    @Test
    void slotsAreMadeReadAndDropped() {
        try (ReplicationConnection replication = server.connectForReplication()) {
            SqlIdentifier lazy = new SqlIdentifier("lazy");
            SqlIdentifier keen = new SqlIdentifier("keen");
            assertThat(replication.readSlot(lazy)).isEmpty();
            replication.createPhysicalSlot(lazy, false);
            replication.createPhysicalSlot(keen, true);
            assertThat(replication.readSlot(lazy).orElseThrow().restartLsn()).isEmpty();
            PhysicalSlot read = replication.readSlot(keen).orElseThrow();
            assertThat(read.restartLsn().orElseThrow()).isGreaterThan(Lsn.ZERO);
            assertThat(read.restartTimeline()).isEqualTo(TimelineId.FIRST);
            assertThatThrownBy(() -> replication.createPhysicalSlot(keen, true))
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("42710"));
            replication.dropSlot(lazy, false);
            replication.dropSlot(keen, true);
            assertThat(replication.readSlot(keen)).isEmpty();
            assertThatThrownBy(() -> replication.dropSlot(keen, false))
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("42704"));
        }
    }

    @Test
    void copyMadeUnderWritesHoldsAllRowsThatWereThereAndStarts() throws Exception {
        Path home = TestFiles.newDirectory();
        Path target = home.resolve("copy");
        Path space = home.resolve("space of the copy");
        AtomicBoolean writing = new AtomicBoolean(true);
        try (PostgresConnection writer = server.connect()) {
            writer.execute("create table busy (i bigserial, t text)");
            CompletableFuture<Void> writes =
                    CompletableFuture.runAsync(
                            () -> {
                                while (writing.get()) {
                                    writer.execute(
                                            "insert into busy (t) select repeat('y', 100) from"
                                                    + " generate_series(1, 50)");
                                }
                            },
                            task -> Thread.ofVirtual().start(task));
            BaseBackupResult result;
            try (ReplicationConnection replication = server.connectForReplication()) {
                result =
                        replication.baseBackup(
                                BaseBackupRequest.labelled("it's a copy")
                                        .withTablespaces(moved(space)),
                                target,
                                BaseBackupListener.NONE);
                assertThat(replication.identifySystem().timeline()).isEqualTo(result.timeline());
            } finally {
                writing.set(false);
            }
            writes.get(60, TimeUnit.SECONDS);
            assertThat(result.end()).isGreaterThan(result.start());
            assertThat(result.directories()).contains(target, space);
            assertThat(result.bytes()).isGreaterThan(10_000_000);
        }
        assertThat(target.resolve("backup_manifest")).exists();
        assertThat(Files.readString(target.resolve("backup_label"))).contains("it's a copy");
        assertOnlyOwnerMayRead(target);
        try (TestServer copy = TestServer.startOn(installation, target);
                PostgresConnection connection = copy.connect()) {
            Row counts =
                    connection
                            .query(
                                    "select (select count(*) from near) as near, (select count(*)"
                                            + " from far) as far, (select count(*) from busy) as"
                                            + " busy, (select count(*) from within) as within")
                            .single();
            assertThat(counts.longValue("near")).isEqualTo(20_000);
            assertThat(counts.longValue("far")).isEqualTo(1_000);
            assertThat(counts.longValue("busy")).isPositive();
            assertThat(counts.longValue("within")).isEqualTo(10);
            assertThat(
                            connection
                                    .query(
                                            "select pg_catalog.pg_tablespace_location(oid) as"
                                                    + " place from pg_catalog.pg_tablespace where"
                                                    + " spcname = 'space'")
                                    .single()
                                    .text("place"))
                    .isEqualTo(space.toString());
        }
    }

    @Test
    void copyFollowsAsAStandbyAndItsPromotionMakesAHistory() throws Exception {
        Path home = TestFiles.newDirectory();
        Path target = home.resolve("copy");
        try (ReplicationConnection replication = server.connectForReplication()) {
            replication.createPhysicalSlot(new SqlIdentifier("standby"), true);
            replication.baseBackup(
                    BaseBackupRequest.labelled("standby")
                            .withWal(false)
                            .withChecksums(BaseBackupRequest.ManifestChecksums.SHA256)
                            .withTablespaces(moved(home.resolve("space"))),
                    target,
                    BaseBackupListener.NONE);
        }
        Files.createFile(target.resolve("standby.signal"));
        String primary =
                "host="
                        + server.home()
                        + " port="
                        + ((ServerAddress.UnixSocket) server.bySocket().address()).port()
                        + " user=postgres";
        try (TestServer standby =
                        TestServer.startOn(
                                installation,
                                target,
                                "primary_conninfo = '" + primary + "'",
                                "primary_slot_name = 'standby'");
                PostgresConnection connection = standby.connect();
                ReplicationConnection replication = standby.connectForReplication()) {
            try (PostgresConnection onPrimary = server.connect()) {
                onPrimary.execute("create table late as select 42 as answer");
                Lsn written =
                        onPrimary
                                .query("select pg_catalog.pg_current_wal_flush_lsn() as lsn")
                                .single()
                                .lsn("lsn");
                Await.until(
                        "the server got there",
                        () ->
                                connection
                                        .query(
                                                "select pg_catalog.pg_last_wal_replay_lsn() as"
                                                        + " lsn")
                                        .single()
                                        .optionalLsn("lsn")
                                        .filter(lsn -> lsn.isAtLeast(written))
                                        .isPresent());
            }
            assertThat(connection.query("select answer from late").single().longValue("answer"))
                    .isEqualTo(42);
            connection.query("select pg_catalog.pg_promote()");
            Await.until(
                    "the server got there",
                    () -> replication.identifySystem().timeline().equals(TimelineId.FIRST.next()));
            TimelineHistoryFile history = replication.timelineHistory(TimelineId.FIRST.next());
            assertThat(history.fileName()).isEqualTo("00000002.history");
            assertThat(history.history().endOf(TimelineId.FIRST)).isPresent();
        }
        try (ReplicationConnection replication = server.connectForReplication()) {
            replication.dropSlot(new SqlIdentifier("standby"), true);
        }
    }

    @Test
    void progressIsReportedUpToTheEnd() {
        Path home = TestFiles.newDirectory();
        record Step(long done, long total) {}
        List<Step> steps = new ArrayList<>();
        try (ReplicationConnection replication = server.connectForReplication()) {
            replication.baseBackup(
                    BaseBackupRequest.labelled("progress")
                            .withMaxRate(20_000)
                            .withTablespaces(moved(home.resolve("space"))),
                    home.resolve("copy"),
                    (done, total) -> steps.add(new Step(done, total)));
        }
        assertThat(steps).hasSizeGreaterThanOrEqualTo(2);
        assertThat(steps.getFirst().total()).isGreaterThan(10_000_000);
        assertThat(steps.getLast().done()).isEqualTo(steps.getLast().total());
        assertThat(steps)
                .allSatisfy(step -> assertThat(step.done()).isLessThanOrEqualTo(step.total()));
        TestFiles.delete(home);
    }

    @Test
    void takenDirectoriesAreRefusedAndLeftAlone() throws Exception {
        Path home = TestFiles.newDirectory();
        Path target = home.resolve("copy");
        Files.createDirectory(target);
        Files.createFile(target.resolve("mine"));
        try (ReplicationConnection replication = server.connectForReplication()) {
            BaseBackupRequest request = BaseBackupRequest.labelled("refused");
            assertThatThrownBy(
                            () -> replication.baseBackup(request, target, BaseBackupListener.NONE))
                    .isInstanceOf(BaseBackupException.class)
                    .hasMessageContaining(target + ", is not empty")
                    .hasMessageContaining("HINT: ");
            assertThat(replication.isOpen()).isTrue();
            // On the same machine the tablespace's own place is taken, by the server itself.
            assertThatThrownBy(() ->
                            replication.baseBackup(
                                    request, home.resolve("other"), BaseBackupListener.NONE))
                    .isInstanceOf(BaseBackupException.class)
                    .hasMessageContaining(tablespace + ", is not empty")
                    .hasMessageContaining("must not be used");
        }
        assertThat(target.resolve("mine")).exists();
        try (PostgresConnection connection = server.connect()) {
            assertThat(connection.query("select count(*) as n from far").single().longValue("n"))
                    .isEqualTo(1_000);
        }
        TestFiles.delete(home);
    }

    @Test
    void serverThatDiesDuringACopyIsNoticed() {
        Path home = TestFiles.newDirectory();
        try (TestServer victim = TestServer.start(installation);
                ReplicationConnection replication = victim.connectForReplication();
                PostgresConnection killer = victim.connect()) {
            assertThatThrownBy(() ->
                            replication.baseBackup(
                                    BaseBackupRequest.labelled("dies").withMaxRate(64),
                                    home.resolve("copy"),
                                    (done, total) -> {
                                        if (done > 0) {
                                            killer.query(
                                                    "select"
                                                            + " pg_catalog.pg_terminate_backend(pid)"
                                                            + " from"
                                                            + " pg_catalog.pg_stat_replication");
                                        }
                                    }))
                    .isInstanceOf(WireException.class);
            assertThat(replication.isOpen()).isFalse();
            assertThat(home.resolve("copy/backup_manifest")).doesNotExist();
        }
        TestFiles.delete(home);
    }

    private static void assertOnlyOwnerMayRead(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            assertThat(all.filter(path -> !Files.isSymbolicLink(path)))
                    .allSatisfy(path ->
                            assertThat(PosixFilePermissions.toString(permissions(path)))
                                    .matches("rw[x-]------"));
        }
    }

    private static java.util.Set<java.nio.file.attribute.PosixFilePermission> permissions(
            Path path) {
        try {
            return Files.getPosixFilePermissions(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
