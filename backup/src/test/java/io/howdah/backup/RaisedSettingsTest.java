package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.restore.RestoreTarget;
import io.howdah.postgres.wire.PostgresConnection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RaisedSettingsTest {

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    /// PostgreSQL would hold the replay for ever, or end it.
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void restoreGoesOverARaisedNumberOfConnectionsAndPreparedTransactions() {
        Map<String, String> raised =
                Map.of("max_connections", "150", "max_prepared_transactions", "5");
        try (var server = room.server("primary", "auto")) {
            server.execute("create table t (n int)");
            room.take(server);
            server.stopInOrder();
            try (var again = room.restart("primary", "auto", raised)) {
                try (PostgresConnection session = again.connect()) {
                    session.execute("begin");
                    session.execute("insert into t values (1)");
                    session.execute("prepare transaction 'one'");
                }
                again.execute("insert into t values (2)");
                room.archive(again);
            }
        }
        room.restore(room.to("copy", new RestoreTarget.Latest()));
        try (var copy = room.start("copy", "auto", raised)) {
            copy.execute("commit prepared 'one'");
            assertThat(copy.value("select sum(n) from t")).isEqualTo("3");
        }
    }
}
