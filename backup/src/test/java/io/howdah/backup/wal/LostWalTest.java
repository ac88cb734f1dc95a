package io.howdah.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.TestPostgres;
import io.howdah.backup.store.FolderStore;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.testing.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that comes back from an earlier state of its disk, on the timeline that it had, and has
/// written past the archive's end when that is looked at.
class LostWalTest {

    private final Path home = TestPostgres.home("hw-wal-");
    private final Path other = TestPostgres.home("hw-wal-");
    private final FolderStore store = new FolderStore(home.resolve("repository"));

    @AfterEach
    void delete() {
        new DurableFiles(TestPostgres.USER).deleteTree(home);
        new DurableFiles(TestPostgres.USER).deleteTree(other);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoHistoriesOfATimelineAreNotMixed(boolean atTheEndOfASegment) throws Exception {
        var data = new DataDirectory(home.resolve("data"), TestPostgres.USER);
        new InitDb(TestPostgres.INSTALLATIONS.choose("auto")).run(data);
        try (TestPostgres server = start(home, data)) {
            server.execute("create table t (n int)");
            try (RunningArchive archive = archive(server)) {
                archive.awaitArchived(flushed(server));
            }
            server.stopInOrder();
        }
        var earlier = new DataDirectory(other.resolve("data"), TestPostgres.USER);
        copy(data.path(), earlier.path());
        Lsn end;
        try (TestPostgres server = start(home, data);
                RunningArchive archive = archive(server)) {
            server.execute(
                    "insert into t select n from generate_series(1, 1000) n",
                    atTheEndOfASegment ? "select pg_switch_wal()" : "checkpoint");
            end = flushed(server);
            archive.awaitArchived(end);
        }
        List<String> before = names();
        try (TestPostgres server = start(other, earlier)) {
            server.execute(
                    "insert into t select -n from generate_series(1, 20000) n",
                    "select pg_switch_wal()",
                    "insert into t values (1)");
            assertThat(flushed(server)).isGreaterThan(end);
            try (RunningArchive archive = archive(server)) {
                archive.awaitTrouble();
                assertThat(archive.troubles().getFirst().problem())
                        .contains("holds something else than the server has")
                        .contains("HINT: ");
            }
            assertThat(names()).isEqualTo(before);
        }
    }

    /// Then nothing is left to compare.
    @Test
    void archiveGoesOnAtAPointBeforeWhichTheServerHasNoWal() {
        var data = new DataDirectory(home.resolve("data"), TestPostgres.USER);
        new InitDb(TestPostgres.INSTALLATIONS.choose("auto")).run(data);
        Lsn end;
        try (TestPostgres server = start(home, data)) {
            server.execute("create table t (n int)", "select pg_switch_wal()");
            end = flushed(server);
            try (RunningArchive archive = archive(server)) {
                archive.awaitArchived(end);
                Await.until(
                        "the slot lets go",
                        () ->
                                Lsn.parse(
                                                server.value(
                                                        "select restart_lsn from"
                                                                + " pg_replication_slots"))
                                        .isAtLeast(end));
            }
            server.execute("checkpoint");
            WalSegment last = WalSegment.at(TimelineId.FIRST, new Lsn(end.value() - 1), 16 << 20);
            new DurableFiles(TestPostgres.USER)
                    .delete(data.path().resolve("pg_wal").resolve(last.name()));
            server.execute("insert into t values (1)");
            try (RunningArchive archive = archive(server)) {
                archive.awaitArchived(flushed(server));
                assertThat(archive.troubles()).isEmpty();
            }
        }
        assertThat(WalIndex.read(store, data.controlData().systemId()).gaps()).isEmpty();
    }

    private static TestPostgres start(Path home, DataDirectory data) {
        return TestPostgres.startOn(
                home, data, TestPostgres.INSTALLATIONS.choose("auto"), Map.of("autovacuum", "off"));
    }

    private RunningArchive archive(TestPostgres server) {
        return new RunningArchive(server.connection(), home.resolve("spool"), store);
    }

    private static Lsn flushed(TestPostgres server) {
        return Lsn.parse(server.value("select pg_current_wal_flush_lsn()"));
    }

    private List<String> names() {
        return store.list("wal/", null).stream().map(each -> each.name().text()).sorted().toList();
    }

    private static void copy(Path from, Path to) throws Exception {
        Process process =
                new ProcessBuilder("cp", "-a", from.toString(), to.toString()).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
