package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.repository.Lineage;
import io.howdah.backup.repository.Ownership;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.repository.Tenure;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.store.StoredObject;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.backup.wal.RepositoryTrouble;
import io.howdah.backup.wal.RepositoryTroubles;
import io.howdah.backup.wal.StandbySlot;
import io.howdah.backup.wal.WalArchiveSettings;
import io.howdah.backup.wal.WalArchiveStatus;
import io.howdah.backup.wal.WalArchiver;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A cluster and what was restored from its backups: one database, one system identifier, one
/// repository in both howdah.yaml.
class CopiedClusterTest {

    private static final SqlIdentifier SLOT = new SqlIdentifier("archive");

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void copyWritesNothingIntoTheRepositoryOfItsOriginalUntilItTakesItOver() {
        RepositoryMemory original = memory("original", 0);
        RepositoryMemory copied = memory("copied", 1);
        try (var server = room.server("primary", "auto")) {
            server.execute("create table t as select 1 as n");
            try (Archive archive = new Archive("one", server, original)) {
                archive.awaitAll();
                backUp(server, original);
                server.execute("insert into t values (2)");
                archive.awaitAll();
                room.restore(room.to("copy", new RestoreTarget.Latest()));
                try (var copy = room.start("copy", "auto")) {
                    copy.execute("insert into t values (3)");
                    assertRefused(copy, copied);
                    server.execute("insert into t values (4)");
                    archive.awaitAll();

                    Ownership.takeOver(room.store(), lineage(1));
                    // What came before is not of the copy's timeline, and stays.
                    try (Archive taken = new Archive("two", copy, copied)) {
                        taken.awaitAll();
                        copy.execute("insert into t values (5)");
                        taken.awaitAll();
                    }
                    backUp(copy, copied);
                    Await.until(
                            "the original is fenced off by its next look",
                            () -> {
                                server.execute("insert into t values (6)");
                                return archive.failure().contains("never led this one");
                            });
                    assertRefused(server, original);
                }
            }
        }
        assertThat(room.verify().isWhole()).isTrue();
        room.restore(room.to("again", new RestoreTarget.Latest()));
        try (var again = room.start("again", "auto")) {
            assertThat(again.value("select string_agg(n::text, ',' order by n) from t"))
                    .isEqualTo("1,2,3,5");
        }
    }

    private void assertRefused(TestPostgres server, RepositoryMemory memory) {
        List<?> before = withoutTimeline1();
        try (Archive archive = new Archive("refused", server, memory)) {
            Await.until("it is refused", () -> !archive.failure().isEmpty());
            assertThat(archive.failure())
                    .contains("belongs to another cluster with the same database: orders")
                    .contains("HINT: ");
        }
        assertThatThrownBy(() -> backUp(server, memory)).hasMessageContaining("take-over");
        assertThatThrownBy(() ->
                        new StandbySlot(
                                        SLOT,
                                        List.of(room.store()),
                                        memory,
                                        new RepositoryTroubles())
                                .keep(server.connection()))
                .hasMessageContaining("belongs to another cluster");
        if (server.value("select count(*) from t where n = 6").equals("0")) {
            // Nobody else writes meanwhile, but that the original archives on.
            assertThat(withoutTimeline1()).isEqualTo(before);
        }
    }

    private List<StoredObject> withoutTimeline1() {
        return room.store().list("", null).stream()
                .filter(object -> !object.name().text().contains("/00000001/"))
                .toList();
    }

    private void backUp(TestPostgres server, RepositoryMemory memory) {
        var _ =
                new BackupTaking(
                                room.store(),
                                memory,
                                server.source(),
                                new TakeOptions(2, 0, 1, false),
                                new TakeListener() {})
                        .run();
    }

    private RepositoryMemory memory(String name, int cluster) {
        Path directory = room.directory(name);
        Path leaders = directory.resolve("leaders.json");
        try {
            lineage(cluster).write(leaders);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return RepositoryMemory.of(directory.resolve("repositories.json"), leaders);
    }

    private static Lineage lineage(int cluster) {
        return new Lineage(
                "orders",
                List.of(
                        new Tenure(
                                1,
                                "n1",
                                TimelineId.FIRST,
                                Instant.parse("2026-11-01T00:00:00Z").plusMillis(cluster))));
    }

    /// A worker's archiver, which tells why it is over.
    private final class Archive implements AutoCloseable {
        private final TestPostgres server;
        private final RepositoryTroubles troubles = new RepositoryTroubles();
        private final WalArchiver archiver;
        private final CompletableFuture<Void> run;

        Archive(String name, TestPostgres server, RepositoryMemory memory) {
            this.server = server;
            this.archiver =
                    new WalArchiver(
                            new WalArchiveSettings(
                                    SLOT,
                                    Duration.ofMillis(100),
                                    room.path("received-" + name + "-" + System.nanoTime()),
                                    1),
                            List.of(room.store()),
                            memory,
                            troubles);
            this.run =
                    CompletableFuture.runAsync(
                            () -> archiver.run(server.connection()),
                            task -> Thread.ofVirtual().start(task));
        }

        /// Empty while it archives.
        String failure() {
            return run.isCompletedExceptionally()
                    ? String.valueOf(run.exceptionNow().getMessage())
                    : troubles.all().stream()
                            .map(RepositoryTrouble::problem)
                            .collect(Collectors.joining());
        }

        void awaitAll() {
            Lsn written;
            try (PostgresConnection session = server.connect()) {
                written =
                        session.query("select pg_current_wal_flush_lsn() as written")
                                .single()
                                .lsn("written");
            }
            Await.until(
                    "archived up to " + written + failure(),
                    () ->
                            archiver.status()
                                    .map(WalArchiveStatus::archived)
                                    .orElse(Lsn.ZERO)
                                    .isAtLeast(written));
        }

        @Override
        public void close() {
            archiver.close();
            run.handle((_, _) -> true).join();
        }
    }
}
