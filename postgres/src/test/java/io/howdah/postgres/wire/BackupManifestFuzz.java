package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.FuzzInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// Any manifest is read, or refused in words, also one whose own checksum is right.
public final class BackupManifestFuzz {

    private static final Path FILE = file();

    private BackupManifestFuzz() {}

    private static Path file() {
        try {
            Path file = Files.createTempFile("howdah-fuzz", ".manifest");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        boolean signed = !input.nextBoolean();
        String text = input.restAsText();
        try {
            Files.writeString(
                    FILE, signed ? signed(text + "\n") : text, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            BackupManifest manifest =
                    BackupManifest.read(
                            FILE, entry -> assertThat(entry.sizeBytes()).isNotNegative());
            assertThat(manifest.version()).isBetween(1, 2);
        } catch (BaseBackupException e) {
            assertThat(e.getMessage()).startsWith("the backup manifest ").contains(" is damaged: ");
        }
    }

    private static String signed(String body) {
        byte[] digest = FileChecksum.sha256().digest(body.getBytes(StandardCharsets.ISO_8859_1));
        return body + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(digest) + "\"}\n";
    }
}
