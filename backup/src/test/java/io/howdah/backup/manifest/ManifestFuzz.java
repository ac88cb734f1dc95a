package io.howdah.backup.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.FuzzInput;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/// Any line is read, or refused as an argument; no path leads out of the directory that is restored
/// into, and no chunk is larger than what it is read into.
public final class ManifestFuzz {

    private static final Path DIRECTORY = Path.of("/restored");

    private ManifestFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        var text = new ManifestText();
        for (String line : new FuzzInput(bytes).restAsText().split("\n", -1)) {
            Optional<ManifestLine> read;
            try {
                read = text.parse(line);
            } catch (IllegalArgumentException e) {
                return;
            }
            read.ifPresent(ManifestFuzz::check);
        }
    }

    private static void check(ManifestLine line) {
        switch (line) {
            case ManifestLine.Directory directory -> checkPath(directory.path());
            case ManifestLine.File file -> {
                checkPath(file.path());
                assertThat(file.chunkBytes()).isBetween(1, 65536);
                assertThat(file.size()).isNotNegative();
            }
            case ManifestLine.Chunk(var chunk) -> {
                assertThat(chunk.offset()).isNotNegative();
                assertThat(chunk.offset() + chunk.length()).isPositive();
            }
            case ManifestLine.End _ -> {}
        }
    }

    private static void checkPath(String path) {
        assertThat(PathText.decode(PathText.encode(path))).isEqualTo(path);
        try {
            Path resolved = DIRECTORY.resolve(path);
            assertThat(resolved.normalize()).startsWithRaw(DIRECTORY).isNotEqualTo(DIRECTORY);
        } catch (InvalidPathException e) {
            // What has no name here is written nowhere.
            return;
        }
    }
}
