package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.store.FolderStore;
import io.howdah.backup.wal.SlotRoom;
import io.howdah.backup.wal.WalIndex;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.backup.ArchiveReport;
import io.howdah.node.backup.BackupWorker;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `backup.wal.at-limit: stop-writes`, when the repository does not answer any more.
@Tag("cluster")
@Tag("long")
class StoppedWritesTest {

    private static final SqlIdentifier SLOT = new SqlIdentifier(BackupWorker.SLOT);

    /// What PostgreSQL writes by itself is not stopped: a vacuum of all that was written would take
    /// what is left.
    private static final String PARAMETERS =
            """
              parameters:
                autovacuum: off
                max_slot_wal_keep_size: 256MB
                wal_keep_size: 16MB
                max_wal_size: 96MB
            """;

    private @Nullable DemoCluster started;

    @BeforeEach
    void startCluster() {
        DemoCluster fresh = DemoCluster.withProxies();
        started = fresh;
        fresh.configure(yaml ->
                yaml.replace("  bootstrap:", PARAMETERS + "  bootstrap:")
                        + "\nbackup:\n  repositories: ['"
                        + repository()
                        + "']\n  wal: {at-limit: stop-writes}\n");
        fresh.startAll();
    }

    @AfterEach
    void stopCluster() throws InterruptedException {
        if (started != null) {
            started.stop();
        }
    }

    /// Directly and through the proxy; and a transaction that goes on writing is ended.
    @Test
    void writesStopBeforeWalIsLostAndGoOnWhenTheRepositoryAnswersAgain() throws Exception {
        int leader = DemoCluster.leader(cluster().awaitWhole());
        try (PostgresConnection superuser = cluster().superuser(leader);
                Connection client = Writer.toNode(cluster().settings(), leader);
                Connection pooled = Writer.throughProxy(cluster().settings(), leader);
                Connection stubborn = Writer.toNode(cluster().settings(), leader)) {
            Writer.execute(client, "create table ballast (text text)");
            Writer.execute(client, "alter table ballast alter text set storage external");
            Writer.execute(pooled, insert(1));
            Await.until(
                    "the archive is whole",
                    () ->
                            SlotRoom.look(superuser, SLOT)
                                    .filter(room -> room.leftBytes() > room.mostBytes() * 3 / 4)
                                    .isPresent());
            hideRepository();
            stubborn.setAutoCommit(false);
            Writer.execute(stubborn, insert(1));

            writeUntilRefused(superuser, client);

            assertThat(Writer.number(client, "select count(*) from ballast")).isPositive();
            assertThat(isTaken(client)).isFalse();
            assertThat(isTaken(pooled)).isFalse();
            assertThat(isTaken(pooled)).isFalse();
            try (Connection late = Writer.throughProxy(cluster().settings(), leader)) {
                assertThat(isTaken(late)).isFalse();
                awaitNote(leader);
                awaitProblem(leader);
                awaitEnd(stubborn);
                assertThat(SlotRoom.look(superuser, SLOT)).as("the slot is not lost").isPresent();

                showRepository();

                Await.until("writes go on", () -> isTaken(client));
                Await.until("writes go on through the proxy", () -> isTaken(pooled));
                Await.until("they do for who came meanwhile", () -> isTaken(late));
            }
            Await.until(
                    "the archive has no gap, and says so",
                    () ->
                            ArchiveReport.read(cluster().settings().nodeDirectory(leader))
                                    .filter(report -> report.behindBytes() < 1 << 20)
                                    .map(ArchiveReport::gaps)
                                    .equals(Optional.of(0)));
            assertThat(index(leader).gaps()).isEmpty();
        }
    }

    /// The nearer to the bound, the smaller: a look takes a second.
    private static void writeUntilRefused(PostgresConnection superuser, Connection client)
            throws SQLException {
        while (true) {
            SlotRoom room = SlotRoom.look(superuser, SLOT).orElseThrow();
            assertThat(room.isNearlyGone()).as("%s, and writes are taken", room).isFalse();
            boolean far = room.leftBytes() > room.mostBytes() * 2 / 5;
            try {
                Writer.execute(client, insert(far ? 2_000_000 : 20_000));
            } catch (SQLException e) {
                assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("25006");
                return;
            }
        }
    }

    private static void awaitEnd(Connection writer) {
        Await.until(
                "a transaction that goes on writing is ended",
                () -> {
                    try {
                        Writer.execute(writer, insert(400_000));
                        return false;
                    } catch (SQLException e) {
                        assertThat(e.getSQLState()).as(e.getMessage()).isIn("57P01", "08006");
                        return true;
                    }
                });
    }

    private static String insert(int bytes) {
        return "insert into ballast values (repeat('x', " + bytes + "))";
    }

    private static boolean isTaken(Connection client) {
        try {
            Writer.execute(client, insert(1));
            return true;
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("25006");
            return false;
        }
    }

    private void awaitNote(int leader) {
        cluster()
                .await(
                        "the status says that writes are refused",
                        (ClusterStatus status) ->
                                Objects.requireNonNullElse(
                                                DemoCluster.member(status, "n" + leader).note(), "")
                                        .startsWith("writes are refused: "));
    }

    private void awaitProblem(int leader) {
        cluster()
                .await(
                        cluster().client(leader),
                        "the status says which repository takes no WAL, and since when",
                        status ->
                                String.valueOf(status.archiveProblem())
                                        .startsWith("in " + repository() + " since 20"));
    }

    /// What is in its place is no folder.
    private void hideRepository() throws IOException {
        Files.move(repository(), hidden());
        Files.createFile(repository());
    }

    private void showRepository() throws IOException {
        Files.delete(repository());
        Files.move(hidden(), repository());
    }

    private Path repository() {
        return cluster().path().resolve("repository");
    }

    private Path hidden() {
        return cluster().path().resolve("hidden");
    }

    private WalIndex index(int node) {
        return WalIndex.read(
                new FolderStore(repository()),
                new DataDirectory(cluster().dataDirectory(node), OperatingSystemUser.forPostgres())
                        .controlData()
                        .systemId());
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(started);
    }
}
