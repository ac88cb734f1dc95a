package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.restore.RestoreTarget;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the operator has set on the server that was backed up, and what a restore makes of it.
class RestoredSettingsTest {

    private static final Map<String, String> TRACKING = Map.of("track_commit_timestamp", "on");

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
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
}
