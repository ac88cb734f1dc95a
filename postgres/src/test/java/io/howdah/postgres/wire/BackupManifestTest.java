package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupManifestTest {

    @TempDir private Path home = Path.of("");

    @Test
    void manifestIsReadAndProven() throws IOException {
        List<BackupManifest.FileEntry> files = new ArrayList<>();
        BackupManifest manifest = BackupManifest.read(write(signed(good())), files::add);
        assertThat(manifest.system()).contains(new SystemId(7300000000000000001L));
        assertThat(manifest.walRanges())
                .containsExactly(
                        new BackupManifest.WalRange(
                                new TimelineId(3), Lsn.parse("0/2000028"), Lsn.parse("0/2000138")));
        assertThat(files)
                .extracting(BackupManifest.FileEntry::path)
                .containsExactly("backup_label", "base ä");
        ReceivedFiles received = received();
        files.forEach(received::check);
        assertThat(received.finish()).isEmpty();
    }

    @Test
    void everyDifferenceIsFound() {
        var label = new BackupManifest.FileEntry("backup_label", 3, "CRC32C", checksum("abc"));
        var other = new BackupManifest.FileEntry("base ä", 0, "CRC32C", "00000000");
        assertThat(problems(label, other)).isEmpty();
        assertThat(problems(label)).containsExactly("base ä is not listed");
        assertThat(problems(label, label, other))
                .containsExactly("backup_label is missing, or listed twice");
        assertThat(problems(label, new BackupManifest.FileEntry("base ä", 1, "CRC32C", "")))
                .containsExactly("base ä has 0 bytes instead of 1");
        assertThat(problems(label, new BackupManifest.FileEntry("base ä", 0, "CRC32C", "01")))
                .containsExactly("base ä has the checksum 00000000 instead of 01");
        assertThat(problems(label, new BackupManifest.FileEntry("base ä", 0, "", "00000000")))
                .containsExactly("base ä has a checksum of the kind ''");
    }

    @Test
    void walNeedsNoEntry() {
        ReceivedFiles received = new ReceivedFiles("CRC32C");
        received.add("pg_wal/000000010000000000000002", 1, new byte[4]);
        assertThat(received.finish()).isEmpty();
    }

    @Test
    void everyChangedByteIsNoticed() throws IOException {
        byte[] original = signed(good()).getBytes(StandardCharsets.UTF_8);
        for (int position = 0; position < original.length; position++) {
            byte[] changed = original.clone();
            changed[position] ^= 1;
            Path file = Files.write(home.resolve("manifest"), changed);
            assertThatThrownBy(() -> BackupManifest.read(file, entry -> {}))
                    .as("byte %d", position)
                    .isInstanceOf(BaseBackupException.class)
                    .hasMessageContaining("is damaged");
        }
    }

    @Test
    void everyCutIsNoticed() throws IOException {
        byte[] original = signed(good()).getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < original.length; length += 3) {
            Path file =
                    Files.write(
                            home.resolve("manifest"), java.util.Arrays.copyOf(original, length));
            assertThatThrownBy(() -> BackupManifest.read(file, entry -> {}))
                    .isInstanceOf(BaseBackupException.class)
                    .hasMessageContaining("is damaged");
        }
    }

    @Test
    void wellSignedNonsenseEndsInOneClearException() throws IOException {
        byte[] original = good().getBytes(StandardCharsets.UTF_8);
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = original.clone();
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) (' ' + random.nextInt(95));
            }
            Path file = write(signed(new String(damaged, StandardCharsets.UTF_8)));
            try {
                BackupManifest.read(file, entry -> {});
            } catch (BaseBackupException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("is damaged");
            }
        }
    }

    @Test
    void deepAndLongNonsenseIsRefused() throws IOException {
        for (String body :
                List.of(
                        "{ \"x\": " + "[".repeat(100_000) + "\n",
                        "{ \"x\": \"" + "x".repeat(1_000_000) + "\n",
                        "[]\n",
                        "{ \"Files\": {} }\n",
                        "{ \"PostgreSQL-Backup-Manifest-Version\": 3, \"Files\": [],\n",
                        "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n")) {
            Path file = write(signed(body));
            assertThatThrownBy(() -> BackupManifest.read(file, entry -> {}))
                    .isInstanceOf(BaseBackupException.class)
                    .hasMessageContaining("is damaged");
        }
    }

    private static String good() {
        return """
        { "PostgreSQL-Backup-Manifest-Version": 2,
        "System-Identifier": 7300000000000000001,
        "Files": [
        { "Path": "backup_label", "Size": 3, "Last-Modified": "2026-01-01 00:00:00 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "%s" },
        { "Encoded-Path": "6261736520c3a4", "Size": 0, "Last-Modified": "2026-01-01 00:00:00 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "00000000" }
        ],
        "WAL-Ranges": [
        { "Timeline": 3, "Start-LSN": "0/2000028", "End-LSN": "0/2000138" }
        ],
        """
                .formatted(checksum("abc"));
    }

    private static String signed(String body) {
        byte[] digest = FileChecksum.sha256().digest(body.getBytes(StandardCharsets.UTF_8));
        return body + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(digest) + "\"}\n";
    }

    private static String checksum(String content) {
        FileChecksum checksum = FileChecksum.of(BaseBackupRequest.ManifestChecksums.CRC32C);
        checksum.update(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(checksum.finish());
    }

    private static ReceivedFiles received() {
        ReceivedFiles received = new ReceivedFiles("CRC32C");
        received.add("backup_label", 3, HexFormat.of().parseHex(checksum("abc")));
        received.add("base ä", 0, new byte[4]);
        return received;
    }

    private static List<String> problems(BackupManifest.FileEntry... entries) {
        ReceivedFiles received = received();
        for (BackupManifest.FileEntry entry : entries) {
            received.check(entry);
        }
        return received.finish();
    }

    private Path write(String text) throws IOException {
        return Files.writeString(home.resolve("manifest"), text);
    }
}
