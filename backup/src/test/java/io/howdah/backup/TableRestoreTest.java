package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreStep;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.ScratchPlace;
import io.howdah.backup.restore.TableRestore;
import io.howdah.backup.restore.TablesRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TableRestoreTest {

    private final BackupRoom room = new BackupRoom();
    private final Set<String> modes = new HashSet<>();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void droppedTablesComeBackWithAllThatIsTheirsOrNothingChanges() throws IOException {
        Assumptions.assumeTrue(
                TestPostgres.INSTALLATIONS.choose("auto").tool("pg_dump").isPresent(),
                "pg_dump is not installed");
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create schema sales",
                    "create type sales.colour as enum ('red', 'blue')",
                    "create table sales.customer (id serial primary key, colour sales.colour)",
                    "create table sales.\"Order\" (n int primary key, customer int references sales.customer)",
                    "create index order_customer on sales.\"Order\" (customer)",
                    "insert into sales.customer (colour) values ('red'), ('blue')",
                    "insert into sales.\"Order\" select n, 1 + n % 2 from generate_series(1, 500) n");
            room.take(server);
            assertThatThrownBy(() -> restore(server, "sales.customer"))
                    .hasMessageContaining("the table sales.customer is there already")
                    .hasMessageContaining("HINT: rename it");
            server.execute("drop table sales.\"Order\", sales.customer");

            // one without the other, which it refers to
            assertThatThrownBy(() -> restore(server, "sales.\"Order\""))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("customer")
                    .hasMessageContaining("HINT: nothing has changed");
            assertThat(server.value("select count(*) from pg_tables where schemaname = 'sales'"))
                    .isEqualTo("0");

            Path scratch = Files.createDirectory(room.path("scratch"));
            assertThatThrownBy(() -> restore(server, "sales.\"Order\"", "sales.customer"))
                    .hasMessageContaining("there is something at " + scratch + " already")
                    .hasMessageContaining("HINT: delete it");
            Files.delete(scratch);
            restore(server, "sales.\"Order\"", "sales.customer");
            assertThat(modes).isEqualTo(Set.of("rwx------"));
            assertThat(
                            server.value(
                                    "select count(*) from sales.\"Order\" join sales.customer on id = customer"))
                    .isEqualTo("500");
            assertThat(server.value("select count(*) from pg_indexes where schemaname = 'sales'"))
                    .isEqualTo("3");
            assertThat(server.value("select nextval('sales.customer_id_seq')")).isEqualTo("3");
            assertThat(room.path("scratch")).doesNotExist();

            assertThatThrownBy(() -> restore(server, "sales.nothing"))
                    .hasMessageContaining("cannot take the tables from the copy");
        }
    }

    @Test
    void passwordOnTheCommandLineIsRefusedAndSoIsAPattern() {
        for (String into :
                List.of(
                        "host=h password = secret",
                        "postgresql://me:secret@h/app",
                        "postgresql://h/app?user=me&password=secret")) {
            assertThatThrownBy(() -> request(into, "t"))
                    .hasMessageContaining("HINT: put it into ~/.pgpass")
                    .message()
                    .doesNotContain("secret");
        }
        assertThat(request("postgresql://me@h:6501/app", "t").into()).contains("me@h");
        assertThatThrownBy(() -> request("host=h", "sales.*"))
                .hasMessageContaining("not the name of one table");
    }

    private Restored restore(TestPostgres server, String... tables) {
        return new TableRestore(
                        room.repository(),
                        TestPostgres.USER,
                        request(
                                "host="
                                        + server.home()
                                        + " port=5432 user=postgres dbname=postgres",
                                tables),
                        new RestoreListener() {
                            @Override
                            public void step(RestoreStep step) {
                                modes.add(mode(room.path("scratch")));
                            }
                        })
                .run(TestPostgres.INSTALLATIONS);
    }

    /// What is copied lies there, and the dump, which anybody might read by its own mode.
    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TablesRequest request(String into, String... tables) {
        return new TablesRequest(
                List.of(tables),
                "postgres",
                into,
                Map.of(),
                new RestoreTarget.Latest(),
                Optional.empty(),
                Optional.empty(),
                new ScratchPlace(room.path("scratch")),
                2);
    }
}
