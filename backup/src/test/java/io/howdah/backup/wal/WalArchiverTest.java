package io.howdah.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.TestPostgres;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.FaultyStore;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.BaseBackupListener;
import io.howdah.postgres.wire.BaseBackupRequest;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// On real servers.
class WalArchiverTest {

    /// Twelve segments, compressed on a machine that has other work.
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final int SEGMENT_BYTES = 16 << 20;

    private final Path home = TestPostgres.home("hw-wal-");
    private final Path other = TestPostgres.home("hw-wal-");
    private final FolderStore store = new FolderStore(home.resolve("repository"));
    private final FolderStore second = new FolderStore(home.resolve("second"));

    static Stream<String> versions() {
        return Stream.of("auto", "embedded");
    }

    @AfterEach
    void delete() {
        new DurableFiles(TestPostgres.USER).deleteTree(home);
        new DurableFiles(TestPostgres.USER).deleteTree(other);
    }

    /// Killed again and again, with two repositories of which one fails in every way: what was said
    /// to be archived is there, byte for byte, and nothing is missing before it.
    @Test
    void whatWasConfirmedIsThereWheneverTheArchiverIsKilled() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        FaultyStore faulty = new FaultyStore(second, seed, 0.2);
        try (TestPostgres server = start("auto", 1)) {
            server.execute("create table t (n bigserial, text text)");
            Lsn confirmed = Lsn.ZERO;
            Lsn first = Lsn.ZERO;
            for (int round = 0; round < 8; round++) {
                try (RunningArchive archive = archive(server, store, faulty)) {
                    Await.until("it streams", () -> !archive.archived().equals(Lsn.ZERO));
                    first = first.equals(Lsn.ZERO) ? archive.archived() : first;
                    int rows = random.nextInt(20_000);
                    server.execute(insert(rows));
                    if (round == 3) {
                        faulty.lie();
                    }
                    Lsn goal = random.nextBoolean() ? flushed(server) : Lsn.ZERO;
                    Await.until(
                            "seed " + seed + ": archived up to " + goal,
                            () -> archive.archived().isAtLeast(goal));
                    confirmed = Lsn.max(confirmed, archive.archived());
                }
                if (confirmed.compareTo(first) > 0) {
                    assertHolds(server, store, new WalRange(first, confirmed), "seed " + seed);
                }
            }
            faulty.heal();
            server.execute("select pg_catalog.pg_switch_wal()");
            Lsn end = flushed(server);
            try (RunningArchive archive = archive(server, store, faulty)) {
                archive.awaitArchived(end);
            }
            for (ObjectStore each : new ObjectStore[] {store, second}) {
                assertHolds(server, each, new WalRange(first, end), "seed " + seed);
                assertThat(index(server, each).gaps()).as("seed " + seed).isEmpty();
                TimelineWal wal = index(server, each).of(TimelineId.FIRST);
                Lsn complete = wal.segments().getLast().end();
                assertThat(wal.pieces())
                        .as("pieces of complete segments are removed, seed " + seed)
                        .allMatch(piece -> piece.start().isAtLeast(complete));
            }
        }
    }

    /// What is missing behind the archive's end is no gap, and what was never there stays so.
    @Test
    void gapIsFilledFromWhatAMemberStillHas() throws IOException {
        try (TestPostgres server = start("auto", 1)) {
            server.execute("create table t (n bigserial, text text)");
            Lsn end;
            try (RunningArchive archive = archive(server, store)) {
                Await.until("it streams", () -> !archive.archived().equals(Lsn.ZERO));
                server.execute(insert(60_000), "select pg_catalog.pg_switch_wal()");
                end = flushed(server);
                archive.awaitArchived(end);
            }
            server.execute(insert(60_000));
            WalRange whole = index(server, store).of(TimelineId.FIRST).segments().getFirst();
            var names = new WalNames(system(server));
            int size = server.data().controlData().walSegmentBytes();
            WalSegment first = WalSegment.at(TimelineId.FIRST, whole.start(), size);
            store.delete(names.segment(first.plus(1)));
            store.delete(names.segment(first.plus(2)));
            assertThat(index(server, store).gaps()).isNotEmpty();
            Files.delete(server.data().path().resolve("pg_wal").resolve(first.plus(2).name()));

            var filling =
                    new GapFilling(
                            List.of(store),
                            server.data().path().resolve("pg_wal"),
                            home.resolve("packed"),
                            RepositoryMemory.none());
            filling.fill(server.connection());
            assertThat(index(server, store).gaps())
                    .containsExactly(new WalGap(TimelineId.FIRST, first.plus(2).range()));
            assertThat(index(server, store).of(TimelineId.FIRST).coverage().getLast().end())
                    .as("the archive's end is where it was")
                    .isLessThanOrEqualTo(WalSegment.at(TimelineId.FIRST, end, size).end());
            assertHolds(
                    server,
                    store,
                    new WalRange(first.start(), first.plus(1).end()),
                    "what was filled is what the server has");
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void lastCommittedRowIsRestoredFromTheTail(String choice) {
        Path copy = other.resolve("data");
        try (TestPostgres server = start(choice)) {
            server.execute("create table t (n bigserial, text text)");
            try (RunningArchive archive = archive(server, store)) {
                Await.until("it streams", () -> !archive.archived().equals(Lsn.ZERO));
                copy(server, copy);
                server.execute(insert(60_000), "insert into t (text) values ('last')");
                archive.awaitArchived(flushed(server));
            }
            WalIndex index = index(server, store);
            assertThat(index.of(TimelineId.FIRST).pieces()).isNotEmpty();
            assertThat(index.of(TimelineId.FIRST).segments()).isNotEmpty();
        }
        TimelineHistory line = TimelineHistory.startingAt(TimelineId.FIRST);
        SystemId system = new DataDirectory(copy, TestPostgres.USER).controlData().systemId();
        var source = new WalSource(store, system, line, SEGMENT_BYTES);
        try (WalSpool spool =
                        WalSpool.open(
                                source,
                                other.resolve("spool"),
                                TestPostgres.USER,
                                _ -> Optional.empty());
                TestPostgres restored =
                        startCopy(
                                choice,
                                copy,
                                "recovery.signal",
                                Map.of("restore_command", spool.restoreCommand()))) {
            Await.until(
                    "it is promoted",
                    () -> restored.value("select pg_is_in_recovery()").equals("false"));
            assertThat(restored.value("select text from t order by n desc limit 1"))
                    .isEqualTo("last");
            assertThat(restored.value("select count(*) from t")).isEqualTo("60001");
            assertThat(spool.failure()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void archiveAheadOfTheForkIsKeptAndTheNewTimelineFollowed(String choice) throws IOException {
        Path copy = other.resolve("data");
        Lsn ahead;
        try (TestPostgres primary = start(choice);
                RunningArchive archive = archive(primary, store)) {
            primary.execute("create table t (n bigserial, text text)");
            copy(primary, copy);
            String follows = "host=" + home + " port=5432 user=postgres";
            primary.execute(insert(1_000));
            Lsn followed = flushed(primary);
            try (TestPostgres standby =
                    startCopy(
                            choice, copy, "standby.signal", Map.of("primary_conninfo", follows))) {
                Await.until("the standby follows", () -> replayed(standby).isAtLeast(followed));
                assertSlotFollowsTheArchive(standby, archive, followed);
            }
            // What comes now only the archive has.
            primary.execute(insert(1_000));
            ahead = flushed(primary);
            archive.awaitArchived(ahead);
        }
        try (TestPostgres next = startCopy(choice, copy, "standby.signal", Map.of())) {
            assertThat(next.value("select pg_promote()")).isEqualTo("true");
            next.execute(insert(2_000));
            assertFollowed(next, ahead);
        }
    }

    /// On a standby nobody streams through it.
    private void assertSlotFollowsTheArchive(
            TestPostgres standby, RunningArchive archive, Lsn written) {
        StandbySlot slot =
                new StandbySlot(
                        RunningArchive.SLOT,
                        List.of(store),
                        RepositoryMemory.none(),
                        new RepositoryTroubles());
        slot.keep(standby.connection());
        archive.awaitArchived(written);
        slot.keep(standby.connection());
        assertThat(
                        Lsn.parse(
                                standby.value(
                                        "select restart_lsn from pg_replication_slots where"
                                                + " slot_name = 'archive'")))
                .isGreaterThanOrEqualTo(written);
    }

    private static Lsn replayed(TestPostgres standby) {
        return Lsn.parse(standby.value("select pg_last_wal_replay_lsn()"));
    }

    private void assertFollowed(TestPostgres next, Lsn ahead) throws IOException {
        Lsn end = flushed(next);
        try (RunningArchive archive = archive(next, store)) {
            archive.awaitArchived(end);
        }
        WalIndex index = index(next, store);
        TimelineHistory line = index.history(new TimelineId(2)).orElseThrow();
        Lsn fork = line.endOf(TimelineId.FIRST).orElseThrow();
        assertThat(ahead).isGreaterThan(fork);
        assertThat(index.of(TimelineId.FIRST).reach(fork)).isGreaterThanOrEqualTo(ahead);
        assertThat(index.reach(line, TimelineId.FIRST, fork)).isGreaterThanOrEqualTo(end);
        assertThat(index.gaps()).isEmpty();
        // Along the new line the old timeline's WAL ends at the fork.
        Path file = other.resolve("fetched");
        WalSegment last = WalSegment.at(TimelineId.FIRST, fork, SEGMENT_BYTES);
        var source = new WalSource(store, system(next), line, SEGMENT_BYTES);
        assertThat(source.fetch(last.name(), file)).isTrue();
        byte[] bytes = Files.readAllBytes(file);
        for (int i = (int) fork.bytesSince(last.start()); i < bytes.length; i++) {
            assertThat(bytes[i]).isZero();
        }
    }

    /// Away from the beginning, or while WAL comes; more than is ever buffered.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneRepositoryThatIsAwayHoldsUpNoOtherAndCatchesUp(boolean fromTheBeginning)
            throws IOException {
        FaultyStore away = new FaultyStore(second, 1, 0);
        try (TestPostgres server = start("auto", 1)) {
            server.execute("create table t (n bigserial, text text)");
            if (fromTheBeginning) {
                away.fallSilent();
            }
            try (RunningArchive archive = archive(server, store, away)) {
                Await.until("it runs", () -> !archive.archived().equals(Lsn.ZERO));
                Lsn first = flushed(server);
                if (!fromTheBeginning) {
                    archive.awaitArchived(first);
                    away.fallSilent();
                }
                for (int segments = 0; segments < 12; segments++) {
                    server.execute(insert(2_000), "select pg_catalog.pg_switch_wal()");
                }
                Lsn end = flushed(server);
                Await.until(
                        "the other one has everything",
                        PATIENCE,
                        () ->
                                Files.exists(Path.of(store.toString()))
                                        && index(server, store)
                                                .of(TimelineId.FIRST)
                                                .reach(first)
                                                .isAtLeast(end));
                archive.awaitTrouble();
                RepositoryTrouble trouble = archive.troubles().getFirst();
                assertThat(trouble.repository()).isEqualTo(away.toString());
                assertThat(trouble.problem()).contains("503").contains("HINT: ");
                // twelve segments of a megabyte, but for what was archived of the first
                Await.until(
                        "the status says that WAL waits",
                        () ->
                                archive.status().behindBytes() > 11 << 20
                                        && archive.status().behind().isPositive());
                assertThat(end.compareTo(archive.archived())).isPositive();
                assertThat(slotKeepsFrom(server)).isLessThanOrEqualTo(first);

                away.heal();

                archive.awaitArchived(end);
                Await.until("the trouble is over", () -> archive.troubles().isEmpty());
                Await.until("the slot lets go", () -> slotKeepsFrom(server).isAtLeast(end));
                assertHolds(server, second, new WalRange(first, end), "what came meanwhile");
                assertThat(index(server, second).gaps()).isEmpty();
            }
        }
    }

    private static Lsn slotKeepsFrom(TestPostgres server) {
        return Lsn.parse(
                server.value(
                        "select restart_lsn from pg_replication_slots where slot_name ="
                                + " 'archive'"));
    }

    @Test
    void serverStopsThoughNoRepositoryAnswers() {
        FaultyStore silent = new FaultyStore(store, 1, 0);
        try (TestPostgres server = start("auto")) {
            server.execute("create table t (n bigserial, text text)");
            try (RunningArchive archive = archive(server, silent)) {
                archive.awaitArchived(flushed(server));
                silent.fallSilent();
                server.execute(insert(1_000));
                server.stopInOrder();
                assertThat(server.data().controlData().state().isCleanlyStopped()).isTrue();
            }
        }
    }

    @Test
    void otherWalOfTheSameTimelineIsRefused() {
        try (TestPostgres server = start("auto")) {
            server.execute("create table t (n bigserial, text text)");
            try (RunningArchive archive = archive(server, store)) {
                Await.until("it streams", () -> !archive.archived().equals(Lsn.ZERO));
                WalSegment next =
                        WalSegment.at(TimelineId.FIRST, flushed(server), SEGMENT_BYTES).plus(1);
                Content foreign = Content.of(Zstd.compress(new byte[SEGMENT_BYTES]));
                PutOutcome _ =
                        store.put(
                                new WalNames(system(server)).segment(next),
                                foreign,
                                PutMode.IF_ABSENT);
                server.execute(insert(150_000));
                archive.awaitTrouble();
                assertThat(archive.troubles().getFirst().problem())
                        .contains(next.name())
                        .contains("HINT: ");
            }
        }
    }

    private TestPostgres start(String choice) {
        return start(choice, SEGMENT_BYTES >> 20);
    }

    private TestPostgres start(String choice, int segmentMegabytes) {
        Installation installation = TestPostgres.INSTALLATIONS.choose(choice);
        var data = new DataDirectory(home.resolve("data"), TestPostgres.USER);
        new InitDb(installation).run(data);
        if (segmentMegabytes != SEGMENT_BYTES >> 20) {
            resize(installation, data, segmentMegabytes);
        }
        return TestPostgres.startOn(home, data, installation, Map.of("wal_keep_size", "1GB"));
    }

    private static void resize(Installation installation, DataDirectory data, int megabytes) {
        Path program = installation.binDirectory().resolve("pg_resetwal");
        List<String> command =
                List.of(program.toString(), "--wal-segsize=" + megabytes, data.path().toString());
        try {
            Process process =
                    new ProcessBuilder(TestPostgres.USER.command(command))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private TestPostgres startCopy(
            String choice, Path copy, String signal, Map<String, String> settings) {
        try {
            Files.writeString(copy.resolve(signal), "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        TestPostgres.USER.ownTree(copy);
        return TestPostgres.startOn(
                other,
                new DataDirectory(copy, TestPostgres.USER),
                TestPostgres.INSTALLATIONS.choose(choice),
                settings);
    }

    private static void copy(TestPostgres server, Path copy) {
        try (ReplicationConnection replication = ReplicationConnection.open(server.connection())) {
            replication.baseBackup(
                    BaseBackupRequest.labelled("copy"), copy, BaseBackupListener.NONE);
        }
    }

    private RunningArchive archive(TestPostgres server, ObjectStore... stores) {
        return new RunningArchive(server.connection(), home.resolve("spool"), stores);
    }

    private static String insert(int rows) {
        return "insert into t (text) select repeat(md5(i::text), 8) from generate_series(1, "
                + rows
                + ") i";
    }

    private static Lsn flushed(TestPostgres server) {
        return Lsn.parse(server.value("select pg_current_wal_flush_lsn()"));
    }

    private static SystemId system(TestPostgres server) {
        return server.data().controlData().systemId();
    }

    private static WalIndex index(TestPostgres server, ObjectStore store) {
        return WalIndex.read(store, system(server));
    }

    /// All of it is there, as the server itself has it.
    private void assertHolds(
            TestPostgres server, ObjectStore store, WalRange range, String description)
            throws IOException {
        TimelineHistory line = TimelineHistory.startingAt(TimelineId.FIRST);
        int size = server.data().controlData().walSegmentBytes();
        var source = new WalSource(store, system(server), line, size);
        assertThat(index(server, store).holds(line, TimelineId.FIRST, range)).isTrue();
        Path file = home.resolve("fetched");
        WalSegment segment = WalSegment.at(TimelineId.FIRST, range.start(), size);
        for (; range.end().compareTo(segment.start()) > 0; segment = segment.plus(1)) {
            assertThat(source.fetch(segment.name(), file)).as(description).isTrue();
            int length = (int) Lsn.min(segment.end(), range.end()).bytesSince(segment.start());
            byte[] own =
                    Files.readAllBytes(
                            server.data().path().resolve("pg_wal").resolve(segment.name()));
            assertThat(ByteBuffer.wrap(Files.readAllBytes(file), 0, length))
                    .as("%s, %s", segment, description)
                    .isEqualTo(ByteBuffer.wrap(own, 0, length));
        }
    }
}
