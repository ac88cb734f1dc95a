package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.marker.Marker;
import io.howdah.backup.marker.MarkerTable;
import io.howdah.backup.marker.MarkerTrail;
import io.howdah.backup.marker.MarkerWriter;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.wal.RepositoryTroubles;
import io.howdah.backup.wal.WalArchiveSettings;
import io.howdah.backup.wal.WalArchiveStatus;
import io.howdah.backup.wal.WalArchiver;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.WireException;
import io.howdah.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LostServerTest {

    private static final SqlIdentifier WRITER = new SqlIdentifier("howdah_backup");

    private final BackupRoom room = new BackupRoom();
    private final MarkerTrail trail = new MarkerTrail();
    private final NavigableMap<Long, Instant> acknowledged = new ConcurrentSkipListMap<>();

    @AfterEach
    void close() {
        room.close();
    }

    /// Under load, the archive and the server end as if they were killed.
    @Test
    void whatIsLostWithEverythingWasAcknowledgedAfterTheMarkerThatWasSaidToBeKept() {
        Marker promised;
        Thread load;
        try (var server = room.server("primary", "auto");
                var markers = new MarkerWriter(server.connection(), WRITER, trail);
                var archiver = archiver()) {
            server.execute("create table t (n int primary key)", "create role howdah_backup");
            room.take(server);
            Thread.ofVirtual().start(() -> archiver.run(server.connection()));
            markers.start();
            load = Thread.ofVirtual().start(() -> write(server));
            Await.until(
                    "some markers are archived",
                    () -> archived(archiver).map(Marker::number).orElse(0L) > 4);
            promised = archived(archiver).orElseThrow();
        }
        Await.until("the load has ended", () -> !load.isAlive());
        room.restore(room.to("copy", new RestoreTarget.Latest()));
        try (var copy = room.start("copy", "auto");
                PostgresConnection session = copy.connect()) {
            Marker kept = MarkerTable.read(session).orElseThrow();
            assertThat(kept.number()).isGreaterThanOrEqualTo(promised.number());
            long newest = Long.parseLong(copy.value("select max(n) from t"));
            assertThat(copy.value("select count(*) from t")).isEqualTo(Long.toString(newest));
            assertThat(acknowledged.tailMap(newest, false).values())
                    .as("acknowledged, and lost")
                    .allSatisfy(at -> assertThat(at).isAfterOrEqualTo(kept.at()));
        }
    }

    private WalArchiver archiver() {
        return new WalArchiver(
                new WalArchiveSettings(
                        new SqlIdentifier("archive"),
                        Duration.ofMillis(400),
                        room.path("received"),
                        1),
                List.of(room.store()),
                RepositoryMemory.none(),
                new RepositoryTroubles());
    }

    private Optional<Marker> archived(WalArchiver archiver) {
        return trail.archived(archiver.status().map(WalArchiveStatus::archived).orElse(Lsn.ZERO));
    }

    private void write(TestPostgres server) {
        try (PostgresConnection connection = server.connect()) {
            for (long n = 1; ; n++) {
                connection.execute("insert into t values ($1)", n);
                acknowledged.put(n, Instant.now());
            }
        } catch (WireException e) {
            // The server is gone.
            return;
        }
    }
}
