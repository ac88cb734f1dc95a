package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupDirectoryTest {

    @TempDir private Path home = Path.of("");

    @Test
    void nothingGetsOutOfTheDirectory() throws IOException {
        Path outside = Files.createDirectory(home.resolve("outside"));
        for (String name :
                List.of(
                        "/etc/x",
                        "../outside/x",
                        "base/../../outside/x",
                        "..",
                        ".",
                        "./",
                        "a//b",
                        "a/./b",
                        "pg_tblspc/16384/x")) {
            assertRefused(new TarArchive().file(name, new byte[1]), name);
        }
        assertRefused(new TarArchive().directory("../outside/d/"), "../outside/d");
        assertRefused(new TarArchive().link("pg_wal", "/etc"), "link 'pg_wal' to '/etc'");
        assertRefused(new TarArchive().link("pg_tblspc/1", "/etc"), "link 'pg_tblspc/1'");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void namesOfTheServersOwnLinksLeadToTheirNewPlaces() throws IOException {
        Path root = Files.createDirectory(home.resolve("root"));
        extract(
                root,
                new TarArchive()
                        .directory("pg_tblspc/")
                        .link("pg_tblspc/16384/", "/on/the/server")
                        .directory("./pg_wal/")
                        .file("./pg_wal/x", "wal".getBytes(StandardCharsets.UTF_8)));
        assertThat(Files.readSymbolicLink(root.resolve("pg_tblspc/16384")))
                .isEqualTo(home.resolve("outside"));
        assertThat(root.resolve("pg_wal/x")).hasContent("wal");
    }

    @Test
    void fileThatComesTwiceIsRefused() {
        assertRefused(
                new TarArchive().file("x", new byte[1]).file("x", new byte[2]), "cannot write");
    }

    private void assertRefused(TarArchive archive, String reason) {
        assertThatThrownBy(() -> extract(Files.createTempDirectory(home, "root"), archive))
                .isInstanceOf(BaseBackupException.class)
                .hasMessageContaining(reason);
    }

    private void extract(Path root, TarArchive archive) {
        FileChecksum checksum = FileChecksum.of(BaseBackupRequest.ManifestChecksums.CRC32C);
        try (DiskSync sync = new DiskSync();
                BackupDirectory directory =
                        new BackupDirectory(
                                root,
                                "",
                                Map.of("pg_tblspc/16384", home.resolve("outside")),
                                new ReceivedFiles(checksum.algorithm()),
                                checksum,
                                sync)) {
            TarReader reader = new TarReader("base.tar", directory);
            reader.accept(ByteBuffer.wrap(archive.finished()));
            reader.finish();
        }
    }
}
