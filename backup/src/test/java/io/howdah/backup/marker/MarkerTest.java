package io.howdah.backup.marker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.TestPostgres;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.testing.Await;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkerTest {

    private static final SqlIdentifier WRITER = new SqlIdentifier("howdah_backup");

    private final Path home = TestPostgres.home("hw-marker-");

    @AfterEach
    void delete() {
        new DurableFiles(TestPostgres.USER).deleteTree(home);
    }

    /// What an application does shows; what a marker does, does not.
    @ParameterizedTest
    @ValueSource(strings = {"auto", "embedded"})
    void markerIsWrittenWhereSomethingWasCommittedAndOnlyThere(String choice) {
        try (TestPostgres server = TestPostgres.start(home, choice);
                PostgresConnection owner = server.connect()) {
            assertThat(MarkerTable.read(owner)).isEmpty();
            server.execute("create role howdah_backup", "create table t (n int)");
            MarkerTable.make(owner, WRITER);
            MarkerTable.make(owner, WRITER);
            assertThat(MarkerTable.read(owner)).isEmpty();
            try (PostgresConnection writer =
                    PostgresConnection.open(
                            server.connection().withServerSetting("role", WRITER.name()))) {
                MarkerTable.Next first = write(writer, Stillness.NONE).orElseThrow();
                assertThat(MarkerTable.read(owner)).contains(first.written().marker());
                assertThat(write(writer, first.still())).isEmpty();

                server.execute("insert into t values (1)");
                MarkerTable.Next second = write(writer, first.still()).orElseThrow();
                assertThat(write(writer, second.still())).isEmpty();

                // one that was under way when a marker was written, and ends after it
                owner.execute("begin; insert into t values (2)");
                MarkerTable.Next third = write(writer, second.still()).orElse(second);
                assertThat(write(writer, third.still())).isEmpty();
                owner.execute("commit");
                assertThat(write(writer, third.still())).isPresent();

                assertThatThrownBy(() -> writer.execute("delete from howdah.marker"))
                        .hasMessageContaining("permission denied");
                assertThatThrownBy(() -> writer.execute("select from t"))
                        .hasMessageContaining("permission denied");
            }
            strangersTableIsNotWrittenTo(server, owner);
        }
    }

    private static Optional<MarkerTable.Next> write(PostgresConnection writer, Stillness still) {
        return MarkerTable.write(writer, still);
    }

    private static void strangersTableIsNotWrittenTo(
            TestPostgres server, PostgresConnection owner) {
        server.execute("create role stranger", "alter table howdah.marker owner to stranger");
        assertThatThrownBy(() -> MarkerTable.make(owner, WRITER))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("is not the superuser's");
    }

    @Test
    void tableStaysOnePageHoweverManyMarkersItHasSeen() {
        try (TestPostgres server = TestPostgres.start(home, "auto")) {
            server.execute("create role howdah_backup", "create table t (n int)");
            var trail = new MarkerTrail();
            try (var markers = new MarkerWriter(server.connection(), WRITER, trail)) {
                markers.start();
                Await.until(
                        "there is a first marker",
                        () -> trail.archived(Lsn.parse("F/0")).isPresent());
            }
            try (PostgresConnection writer =
                    PostgresConnection.open(
                            server.connection().withServerSetting("role", WRITER.name()))) {
                Lsn before = Lsn.parse(server.value("select pg_current_wal_insert_lsn()"));
                for (int i = 0; i < 2_000; i++) {
                    assertThat(write(writer, Stillness.NONE)).isPresent();
                }
                Lsn after = Lsn.parse(server.value("select pg_current_wal_insert_lsn()"));
                assertThat(after.bytesSince(before) / 2_000).as("WAL a marker").isLessThan(300);
            }
            assertThat(server.value("select pg_relation_size('howdah.marker')")).isEqualTo("8192");
        }
    }
}
