package io.howdah.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.TestPostgres;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotRoomTest {

    private static final SqlIdentifier SLOT = new SqlIdentifier("archive");

    private final Path home = TestPostgres.home("hw-room-");

    @AfterEach
    void delete() {
        new DurableFiles(TestPostgres.USER).deleteTree(home);
    }

    /// The slot is not lost before the room is said to be nearly gone, and who only reads is left
    /// alone.
    @ParameterizedTest
    @ValueSource(strings = {"auto", "embedded"})
    void roomRunsOutBeforeTheSlotIsLostAndOnlyWritersAreEnded(String choice) {
        try (TestPostgres server = TestPostgres.start(home, choice);
                PostgresConnection session = server.connect();
                PostgresConnection reader = server.connect();
                PostgresConnection writer = server.connect()) {
            assertThat(SlotRoom.look(session, SLOT)).as("there is no slot").isEmpty();
            new ArchiveSlot(SLOT).keep(session);
            assertThat(SlotRoom.look(session, SLOT)).as("nothing is bounded").isEmpty();
            server.execute(
                    "alter system set max_slot_wal_keep_size = '64MB'",
                    "alter system set wal_keep_size = 0",
                    "select pg_catalog.pg_reload_conf()",
                    "create table t (text text)",
                    "alter table t alter text set storage external");
            assertThat(room(session).isAmple()).isTrue();
            reader.execute("begin; select from t");
            writer.execute("begin; insert into t values ('first')");
            while (!room(session).isNearlyGone()) {
                assertThat(room(session).mostBytes()).isEqualTo(64 << 20);
                server.execute(
                        "insert into t select repeat('x', 1000000) from generate_series(1, 4)");
            }
            assertThat(room(session).isShort()).isTrue();
            assertThat(room(session).isAmple()).isFalse();
            server.execute("checkpoint");
            assertThat(server.value("select wal_status <> 'lost' from pg_replication_slots"))
                    .isEqualTo("true");

            assertThat(SlotRoom.endWriters(session)).isEqualTo(1);

            assertThatThrownBy(() -> writer.execute("insert into t values ('second')"))
                    .isInstanceOf(WireException.class);
            reader.execute("select from t");
            assertThat(server.value("select count(*) from t where text = 'first'")).isEqualTo("0");
        }
    }

    private static SlotRoom room(PostgresConnection session) {
        return SlotRoom.look(session, SLOT).orElseThrow();
    }
}
