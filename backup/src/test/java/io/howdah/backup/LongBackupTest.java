package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.take.TakeListener;
import io.howdah.testing.Await;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// While a backup is taken, more WAL is written than the server may keep for it.
class LongBackupTest {

    private static final Map<String, String> LITTLE_ROOM =
            Map.of(
                    "max_slot_wal_keep_size",
                    "64MB",
                    "max_wal_size",
                    "48MB",
                    "min_wal_size",
                    "32MB");

    private final BackupRoom room = new BackupRoom();

    /// Does something when the first bytes of a backup are read.
    private static TakeListener meanwhile(Runnable work) {
        var done = new AtomicBoolean();
        return new TakeListener() {
            @Override
            public void progress(long read, long estimated, long stored) {
                if (!done.getAndSet(true)) {
                    work.run();
                }
            }
        };
    }

    private static void write(TestPostgres server) {
        server.execute("insert into t select generate_series(1, 1000)");
    }

    @Test
    void whatTheArchiveHasIsNotKeptForTheBackup() {
        try (room;
                var server = room.server("server", "auto", LITTLE_ROOM)) {
            server.execute("create table t (n int)");
            BackupRecord backup =
                    room.take(
                            server,
                            meanwhile(() -> {
                                for (int round = 0; round < 4; round++) {
                                    server.value("select pg_switch_wal()");
                                    write(server);
                                    room.archive(server);
                                    awaitReleased(server);
                                }
                            }));
            assertThat(backup.stopLsn().bytesSince(backup.startLsn())).isGreaterThan(64 << 20);
            room.archive(server);
            assertThat(room.verify().isComplete()).isTrue();
            room.restore(room.to("copy", new RestoreTarget.Latest()));
            try (var copy = room.start("copy", "auto")) {
                assertThat(copy.value("select count(*) from t")).isEqualTo("4000");
            }
        }
    }

    private static void awaitReleased(TestPostgres server) {
        Await.until(
                "the slot keeps two segments at most",
                () ->
                        server.value(
                                        "select count(*) from pg_replication_slots where"
                                                + " pg_current_wal_lsn() - restart_lsn < 33554432")
                                .equals("1"));
    }

    @Test
    void whatTheServerEndsIsToldAtOnceAndWhy() {
        try (room;
                var server = room.server("server", "auto", LITTLE_ROOM)) {
            server.execute("create table t (n int)");
            assertThatThrownBy(() ->
                            room.take(
                                    server,
                                    meanwhile(() -> {
                                        for (int segment = 0; segment < 8; segment++) {
                                            write(server);
                                            server.value("select pg_switch_wal()");
                                        }
                                        server.execute("checkpoint");
                                    })))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("the session of the backup is lost")
                    .hasMessageContaining("max_slot_wal_keep_size");
        }
    }
}
