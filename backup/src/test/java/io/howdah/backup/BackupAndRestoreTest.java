package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.StoredObject;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.verify.Damage;
import io.howdah.backup.verify.VerifyResult;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BackupAndRestoreTest {

    private final BackupRoom room = new BackupRoom();

    static Stream<String> versions() {
        return Stream.of("auto", "embedded");
    }

    @AfterEach
    void close() {
        room.close();
    }

    /// A day in the life of a repository, on one server, as starting servers is what takes time.
    @ParameterizedTest
    @MethodSource("versions")
    void whatWasCommittedBeforeABackupEndedIsThereAgain(String choice) throws Exception {
        Path tablespace = room.directory("tablespace");
        try (var server = room.server("primary", choice)) {
            server.execute(
                    "create tablespace elsewhere location '" + tablespace + "'",
                    "create table t (n int primary key, text text) with (fillfactor = 80)",
                    "create table calm (n int, text text) tablespace elsewhere",
                    "create unlogged table fleeting (n int)",
                    "insert into t select n, md5(n::text) from generate_series(1, 1000) n",
                    "insert into calm select n, repeat(md5(n::text), 9) from generate_series(1, 30000) n",
                    "insert into fleeting values (1)");
            BackupRecord first;
            long acknowledged;
            try (var load = new Load(server)) {
                first = room.take(server);
                acknowledged = load.acknowledged();
            }
            server.execute("update t set text = 'new' where n = 7", "checkpoint");
            BackupRecord second = room.take(server);

            assertThat(new BackupCatalog(room.repository()).all()).containsExactly(first, second);
            assertThat(second.storedBytes()).isLessThan(first.storedBytes() / 4);
            assertThat(first.damagedPages().count()).isZero();
            assertThat(room.verify().isWhole()).isTrue();

            RestoreRequest request = room.to("copy", new RestoreTarget.Latest());
            assertThatThrownBy(() -> room.restore(request))
                    .hasMessageContaining(tablespace + " is not empty");
            restoreElsewhere(request, tablespace, second);
            try (var copy = room.start("copy", choice)) {
                assertThat(copy.value("select text from t where n = 7")).isEqualTo("new");
                assertThat(Long.parseLong(copy.value("select max(n) from t")))
                        .isGreaterThanOrEqualTo(acknowledged);
                assertThat(copy.value("select count(*) from calm")).isEqualTo("30000");
                assertThat(copy.value("select count(*) from fleeting")).isEqualTo("0");
                assertThat(
                                copy.value(
                                        "select pg_tablespace_location(oid) from pg_tablespace where spcname = 'elsewhere'"))
                        .isEqualTo(room.path("moved").toString());
            }
            damagedPageIsNamedAndTheBackupGoesOn(server);
            damagedChunkIsNamed(first);
        }
    }

    private void damagedPageIsNamedAndTheBackupGoesOn(TestPostgres server) throws IOException {
        String path = server.value("select pg_relation_filepath('t')");
        server.execute("checkpoint");
        flip(server.data().path().resolve(path), 8192 + 8000);
        BackupRecord marked = room.take(server);
        assertThat(marked.damagedPages().count()).isEqualTo(1);
        assertThat(marked.damagedPages().first()).containsExactly(path + " block 1");
        flip(server.data().path().resolve(path), 8192 + 8000);
    }

    private static void flip(Path path, long offset) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(offset);
            int old = file.read();
            file.seek(offset);
            file.write(~old);
        }
    }

    private void restoreElsewhere(RestoreRequest request, Path tablespace, BackupRecord newest) {
        Restored restored =
                room.restore(
                        new RestoreRequest(
                                request.directory(),
                                request.target(),
                                Optional.empty(),
                                Optional.empty(),
                                Map.of(tablespace, room.path("moved")),
                                RestoreRequest.Ending.STOPPED,
                                false,
                                2));
        assertThat(restored.backup()).isEqualTo(newest);
        assertThat(restored.recovered().orElseThrow().timeline().value()).isEqualTo(2);
        assertThatThrownBy(() -> room.restore(request)).hasMessageContaining("is not empty");
    }

    /// The restore of a backup that has it ends before there is anything to start.
    private void damagedChunkIsNamed(BackupRecord first) throws IOException {
        var packs = new ArrayList<StoredObject>();
        room.store().forEach("packs/", packs::add);
        StoredObject pack =
                packs.stream().max((a, b) -> Long.compare(a.size(), b.size())).orElseThrow();
        flip(room.store().root().resolve(pack.name().text()), pack.size() / 2);
        VerifyResult result = room.verify();
        assertThat(result.damage())
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.how()).contains(pack.name().text()));
        List<String> affected = result.damage().stream().map(Damage::backup).distinct().toList();
        assertThat(affected).contains(first.id());
        RestoreRequest request =
                new RestoreRequest(
                        room.path("damaged"),
                        new RestoreTarget.Immediate(),
                        Optional.of(first.backupId()),
                        Optional.empty(),
                        Map.of(room.path("tablespace"), room.path("damaged-tablespace")),
                        RestoreRequest.Ending.PREPARED,
                        false,
                        2);
        assertThatThrownBy(() -> room.restore(request))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("is damaged in the repository")
                .hasMessageContaining(pack.name().text())
                .hasMessageContaining("HINT: ");
        assertThat(request.directory().resolve("global/pg_control")).doesNotExist();
    }

    /// Its files are read after its link was not listed; replay makes it, and all that is in it.
    @Test
    void tablespaceThatIsMadeWhileABackupIsTakenIsThereAgain() throws IOException {
        Path tablespace = room.directory("late");
        try (var server = room.server("primary", "auto")) {
            BackupRecord backup =
                    room.take(
                            server,
                            new TakeListener() {
                                private boolean made;

                                @Override
                                public void progress(long read, long estimated, long stored) {
                                    if (!made) {
                                        made = true;
                                        server.execute(
                                                "create tablespace late location '"
                                                        + tablespace
                                                        + "'",
                                                "create table t tablespace late as"
                                                        + " select generate_series(1, 1000) n",
                                                "checkpoint");
                                    }
                                }
                            });
            assertThat(backup.tablespaces()).isEmpty();
        }
        new DurableFiles(TestPostgres.USER).deleteTree(tablespace);
        TestPostgres.USER.own(Files.createDirectory(tablespace));
        room.restore(room.to("copy", new RestoreTarget.Latest()));
        try (var copy = room.start("copy", "auto")) {
            assertThat(copy.value("select sum(n) from t")).isEqualTo("500500");
        }
    }

    @Test
    void everyTargetIsReachedAndWhatCannotBeIsRefusedBeforeAnythingIsTouched() throws IOException {
        BackupRecord backup;
        Lsn one;
        Instant between;
        long transaction;
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create table t (n int)",
                    "create function put(int) returns xid8 language sql as"
                            + " 'insert into t values ($1); select pg_current_xact_id()'");
            backup = room.take(server);
            transaction = Long.parseLong(server.value("put(1)"));
            server.execute("select pg_create_restore_point('one')");
            one = Lsn.parse(server.value("select pg_current_wal_lsn()"));
            between =
                    Instant.parse(
                            server.value(
                                    "select to_char(clock_timestamp() at time zone 'UTC',"
                                            + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
            server.execute("insert into t values (2)", "select pg_switch_wal()");
            archive(server, WalSegment.at(TimelineId.FIRST, one, backup.walSegmentBytes()));
        }
        RestoreRequest tooFar =
                room.to("nothing", new RestoreTarget.Position(new Lsn(one.value() + (1L << 40))));
        assertThatThrownBy(() -> room.restore(tooFar))
                .hasMessageContaining("cannot be reached")
                .hasMessageContaining("HINT: say --latest");
        Lsn end = WalSegment.at(TimelineId.FIRST, one, backup.walSegmentBytes()).end();
        assertThatThrownBy(() -> room.restore(room.to("nothing", new RestoreTarget.Position(end))))
                .hasMessageContaining("lies behind")
                .hasMessageContaining("or name a position from " + backup.stopLsn() + " to ");
        RestoreRequest tooEarly =
                room.to("nothing", new RestoreTarget.At(backup.startTime().minusSeconds(60)));
        assertThatThrownBy(() -> room.restore(tooEarly))
                .hasMessageContaining(backup.id())
                .hasMessageContaining("first moment");
        assertThatThrownBy(() ->
                        room.restore(
                                room.to("nothing", new RestoreTarget.At(between.plusSeconds(60)))))
                .hasMessageContaining("is not before the newest commit that is archived")
                .hasMessageContaining("HINT: say --latest");
        assertThat(room.path("nothing")).doesNotExist();
        assertThatThrownBy(() -> room.restore(room.to("never", new RestoreTarget.Name("never"))))
                .hasMessageContaining("ended before configured recovery target was reached")
                .hasMessageContaining("HINT: it came before the backup " + backup.id());

        room.restore(room.to("time", new RestoreTarget.At(between)));
        assertRows("time", "1");
        room.restore(room.to("position", new RestoreTarget.Position(one)));
        assertRows("position", "1");
        deltaRestoresACopyOfTheSameClusterOnly(room.to("position", new RestoreTarget.Latest()));
        room.restore(from(backup, room.to("name", new RestoreTarget.Name("one"))));
        assertRows("name", "1");
        room.restore(
                from(backup, room.to("transaction", new RestoreTarget.Transaction(transaction))));
        assertRows("transaction", "1");
        serverThatIsLeftRunningIsNotRestoredOver(
                from(
                        backup,
                        room.to("running", new RestoreTarget.Latest()),
                        RestoreRequest.Ending.RUNNING));
        room.restore(
                from(
                        backup,
                        room.to("prepared", new RestoreTarget.Latest()),
                        RestoreRequest.Ending.PREPARED));
        assertRows("prepared", "1,2");
    }

    private void serverThatIsLeftRunningIsNotRestoredOver(RestoreRequest request) {
        Restored restored = room.restore(request);
        try (var session =
                PostgresConnection.open(
                        ConnectionSettings.of(restored.address().orElseThrow(), "postgres"))) {
            assertThat(
                            session.query("select pg_catalog.count(*) as rows from t")
                                    .single()
                                    .longValue("rows"))
                    .isEqualTo(2);
            assertThatThrownBy(() -> room.restore(withDelta(request)))
                    .hasMessageContaining("a server runs in " + request.directory())
                    .hasMessageContaining("HINT: stop it");
        }
        Restoring.stop(new DataDirectory(request.directory(), TestPostgres.USER));
        room.restore(withDelta(request));
        Restoring.stop(new DataDirectory(request.directory(), TestPostgres.USER));
    }

    private void deltaRestoresACopyOfTheSameClusterOnly(RestoreRequest request) throws IOException {
        assertThatThrownBy(() -> room.restore(request)).hasMessageContaining("is not empty");
        Path stranger = Files.writeString(request.directory().resolve("base/stranger"), "");
        Restored restored = room.restore(withDelta(request));
        assertThat(restored.kept()).isGreaterThan(restored.backup().manifest().bytes() / 2);
        assertThat(stranger).doesNotExist();
        Path letters = room.directory("letters");
        Path letter = Files.writeString(letters.resolve("letter"), "dear");
        assertThatThrownBy(() ->
                        room.restore(withDelta(room.to("letters", new RestoreTarget.Latest()))))
                .hasMessageContaining("holds something else");
        assertThat(letter).exists();
    }

    private static RestoreRequest withDelta(RestoreRequest request) {
        return new RestoreRequest(
                request.directory(),
                request.target(),
                request.backup(),
                request.timeline(),
                request.tablespaces(),
                request.ending(),
                true,
                request.workers());
    }

    /// What the archive does continuously.
    private void archive(TestPostgres server, WalSegment segment) throws IOException {
        byte[] wal =
                Files.readAllBytes(server.data().path().resolve("pg_wal").resolve(segment.name()));
        room.store()
                .put(
                        new WalNames(server.data().controlData().systemId()).segment(segment),
                        Content.of(Zstd.compress(wal)),
                        PutMode.IF_ABSENT);
    }

    private void assertRows(String name, String rows) {
        try (var copy = room.start(name, "auto")) {
            Await.until(
                    "recovered", () -> copy.value("select pg_is_in_recovery()").equals("false"));
            assertThat(copy.value("select string_agg(n::text, ',' order by n) from t"))
                    .isEqualTo(rows);
        }
    }

    private static RestoreRequest from(BackupRecord backup, RestoreRequest request) {
        return from(backup, request, RestoreRequest.Ending.STOPPED);
    }

    private static RestoreRequest from(
            BackupRecord backup, RestoreRequest request, RestoreRequest.Ending ending) {
        return new RestoreRequest(
                request.directory(),
                request.target(),
                Optional.of(backup.backupId()),
                request.timeline(),
                request.tablespaces(),
                ending,
                request.delta(),
                request.workers());
    }
}
