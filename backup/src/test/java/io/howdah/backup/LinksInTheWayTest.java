package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is restored into a directory stays in it.
class LinksInTheWayTest {

    private static final String CONTENT = "another program's, and longer than what is restored";

    private final BackupRoom room = new BackupRoom();
    private final DurableFiles files = new DurableFiles(TestPostgres.USER);

    @BeforeEach
    void begin() {
        try (var server = room.server("primary", "auto")) {
            server.execute("create table t as select n from generate_series(1, 1000) n");
            room.take(server);
        }
        room.restore(request());
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void nothingIsWrittenOrDeletedThroughALink() throws IOException {
        Path file = Files.writeString(room.path("passwords"), CONTENT);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Path folder = room.directory("folder");
        Path inside = Files.writeString(folder.resolve("1259"), CONTENT);
        Path wal = room.directory("wal");
        replace("postgresql.conf", file);
        replace("base/1", folder);
        replace("pg_wal", wal);

        room.restore(request());
        assertThat(file).content().isEqualTo(CONTENT);
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(inside).content().isEqualTo(CONTENT);
        assertThat(copy("postgresql.conf")).isRegularFile();
        assertThat(Files.isSymbolicLink(copy("postgresql.conf"))).isFalse();
        assertThat(Files.isDirectory(copy("base/1"), LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(copy("pg_wal")).as("may lie on another disk").isSymbolicLink();
        assertThat(wal).isNotEmptyDirectory();
        try (var copy = room.start("copy", "auto")) {
            assertThat(copy.value("select count(*) from t")).isEqualTo("1000");
        }
    }

    @Test
    void anotherUsersDirectoryIsNotEmptiedForWal() throws IOException {
        Path folder = Files.createDirectory(room.path("another's"));
        assumeFalse(
                Files.getOwner(folder).getName().equals(TestPostgres.USER.name()),
                "only root gives files to another user");
        Path inside = Files.writeString(folder.resolve("notes"), CONTENT);
        replace("pg_wal", folder);
        assertThatThrownBy(() -> room.restore(request()))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("pg_wal is a link to " + folder)
                .hasMessageContaining("HINT: ");
        assertThat(inside).content().isEqualTo(CONTENT);
    }

    private Path copy(String name) {
        return room.path("copy").resolve(name);
    }

    private void replace(String name, Path target) throws IOException {
        files.deleteTree(copy(name));
        Files.createSymbolicLink(copy(name), target);
    }

    private RestoreRequest request() {
        return new RestoreRequest(
                room.path("copy"),
                new RestoreTarget.Latest(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                RestoreRequest.Ending.STOPPED,
                true,
                2);
    }
}
