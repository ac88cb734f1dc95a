package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the operator has set on the server that was backed up, and what a restore makes of it.
class RestoredSettingsTest {

    private static final Map<String, String> TRACKING = Map.of("track_commit_timestamp", "on");
    private static final String CONFIGURATION = "postgresql.conf";

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whatAlterSystemHasSetComesBackAndGovernsNoRecovery() throws IOException {
        String altered;
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create table t (n int)",
                    "alter system set recovery_min_apply_delay = '6h'",
                    "alter system set listen_addresses = '192.0.2.1'",
                    "alter system set port = 6000",
                    "alter system set synchronous_standby_names = 'nobody'",
                    "alter system set session_preload_libraries = 'no_such_library'");
            room.take(server);
            server.execute("insert into t values (1)");
            altered = Files.readString(server.data().path().resolve("postgresql.auto.conf"));
            room.archive(server);
        }
        RestoreRequest request = room.to("copy", new RestoreTarget.Latest());
        room.restore(request);
        assertThat(altered).contains("port = '6000'", "recovery_min_apply_delay = '6h'");
        assertThat(request.directory().resolve("postgresql.auto.conf"))
                .content()
                .isEqualTo(altered);
        assertThat(request.directory().resolve("howdah-recovery")).doesNotExist();
    }

    @Test
    void timesOfCommitsComeBackFromBeforeTheBackupAndAfterIt() {
        String before;
        String after;
        String then;
        try (var server = room.server("primary", "auto", TRACKING)) {
            before = server.value("select pg_current_xact_id()");
            then = timestamp(server, before);
            room.take(server);
            after = server.value("select pg_current_xact_id()");
            room.archive(server);
        }
        room.restore(room.to("copy", new RestoreTarget.Latest()));
        try (var copy = room.start("copy", "auto", TRACKING)) {
            assertThat(timestamp(copy, before)).isEqualTo(then);
            assertThat(timestamp(copy, after)).isNotEmpty();
        }
    }

    private static String timestamp(TestPostgres server, String xid) {
        return server.value(
                "select coalesce(pg_xact_commit_timestamp('" + xid + "'::xid)::text, '')");
    }

    @Test
    void linkedConfigurationOfACopyOutlivesADelta() throws IOException {
        Path elsewhere = room.directory("elsewhere").resolve(CONFIGURATION);
        try (var server = room.server("primary", "auto")) {
            link(server.data().path(), elsewhere);
            BackupRecord backup = room.take(server);
            assertThat(backup.links().first()).containsExactly(CONFIGURATION);
        }
        RestoreRequest request = room.to("copy", new RestoreTarget.Latest());
        room.restore(request);
        Path link = request.directory().resolve(CONFIGURATION);
        Files.createSymbolicLink(link, elsewhere);
        Path surplus = Files.createSymbolicLink(link.resolveSibling("surplus"), elsewhere);
        room.restore(delta(request));
        assertThat(link).isSymbolicLink();
        assertThat(surplus).doesNotExist();
        serverOfAnotherContainerIsNotRestoredOver(delta(request));
    }

    private static void link(Path data, Path elsewhere) throws IOException {
        Path link = data.resolve(CONFIGURATION);
        Files.move(link, elsewhere);
        Files.createSymbolicLink(link, elsewhere);
    }

    /// Its processes are none of this machine's.
    private void serverOfAnotherContainerIsNotRestoredOver(RestoreRequest request)
            throws IOException {
        Path data = request.directory();
        Path pid = Files.writeString(data.resolve("postmaster.pid"), "1\n" + data + "\n");
        assertThatThrownBy(() -> room.restore(request))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining(pid + " says that a server runs there")
                .hasMessageContaining("HINT: stop that server in order; if it crashed, delete");
        assertThat(data.resolve("global/pg_control")).exists();
        Files.delete(pid);
        room.restore(request);
    }

    @Test
    void targetBeforeTheBackupWasWholeNamesAnEarlierOne() {
        var xid = new String[1];
        BackupRecord backup;
        try (var server = room.server("primary", "auto")) {
            backup =
                    room.take(
                            server,
                            new TakeListener() {
                                @Override
                                public void step(TakeStep step) {
                                    if (step == TakeStep.FILES_READ) {
                                        xid[0] = server.value("select pg_current_xact_id()");
                                    }
                                }
                            });
            room.archive(server);
        }
        RestoreRequest request =
                room.to("copy", new RestoreTarget.Transaction(Long.parseLong(xid[0])))
                        .withBackup(backup.backupId());
        assertThatThrownBy(() -> room.restore(request))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("stop point is before consistent recovery point")
                .hasMessageContaining(
                        "HINT: the target lies before the end of the backup " + backup.id())
                .hasMessageContaining("name an earlier backup with --backup");
    }

    @Test
    void missingHistoryIsToldBeforeAnyFileIsRead() throws IOException {
        try (var server = room.server("primary", "auto")) {
            room.take(server);
        }
        room.restore(room.to("copy", new RestoreTarget.Latest()));
        try (var copy = room.start("copy", "auto")) {
            Files.delete(copy.data().path().resolve("pg_wal/00000002.history"));
            assertThatThrownBy(() ->
                            room.take(
                                    copy,
                                    new TakeListener() {
                                        @Override
                                        public void progress(
                                                long read, long estimated, long stored) {
                                            throw new AssertionError("files are read");
                                        }
                                    }))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("the history of timeline 2, 00000002.history, is not in")
                    .hasMessageContaining("HINT: copy it there");
        }
    }

    private static RestoreRequest delta(RestoreRequest request) {
        return new RestoreRequest(
                request.directory(),
                request.target(),
                Optional.empty(),
                request.timeline(),
                request.tablespaces(),
                request.ending(),
                true,
                request.workers());
    }
}
