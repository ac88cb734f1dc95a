package io.howdah.backup.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.chunk.ChunkHasher;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.store.ObjectMissingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {

    private static final String FOLDER = "backups/x/manifest";

    @TempDir private Path folder;

    @Test
    void whatWasWrittenIsReadAgainOverManyParts() {
        var written = new ArrayList<ManifestLine>();
        ManifestSummary summary = write(600_000, written);
        assertThat(summary.parts()).isGreaterThan(1);
        assertThat(read(summary)).isEqualTo(written);
    }

    @Test
    void earlierChunksAreFoundFileByFile() {
        ManifestSummary summary = write(10, new ArrayList<>());
        try (var earlier = new EarlierChunks(ManifestReader.of(store(), FOLDER, summary))) {
            assertThat(earlier.find(file("a", 0))).isFalse();
            assertThat(earlier.find(file("base/1/112 ä", 10 * 16384))).isTrue();
            assertThat(earlier.next(4)).hasSize(4);
            assertThat(earlier.next(100)).hasSize(6);
            assertThat(earlier.find(file("base/2", 0))).isFalse();
        }
    }

    @Test
    void whatAnInterruptedBackupLeftIsReadAsFarAsItGoes() {
        ManifestSummary summary = write(600_000, new ArrayList<>());
        store().delete(ManifestWriter.part(FOLDER, summary.parts() - 1));
        try (ManifestReader reader = ManifestReader.ofInterrupted(store(), FOLDER, 99)) {
            assertThat(all(reader)).hasSizeGreaterThan(100_000);
        }
        assertThatThrownBy(() -> read(summary)).isInstanceOf(ObjectMissingException.class);
    }

    /// What is killed has lost what it stored since the last part.
    @Test
    void partsEndAsWhatIsStoredGrowsAndAreNotMany() {
        var stored = new AtomicLong();
        var ends = new ArrayList<Long>();
        var writer =
                new ManifestWriter(
                        store(),
                        FOLDER,
                        stored::get,
                        () -> {},
                        () -> ends.add(stored.get()),
                        ManifestWriter.PART_BYTES);
        writer.file(file("base/1/112", 1L << 43));
        var hasher = new ChunkHasher();
        PackId pack = PackId.random();
        for (int i = 0; i < 40_000; i++) {
            byte[] content = Integer.toString(i).getBytes(UTF_8);
            writer.chunk(
                    new ChunkReference(
                            hasher.hash(content, 0, content.length), pack, i * 100, 100));
            long _ = stored.addAndGet(128L << 20);
        }
        assertThat(ends.subList(0, 3)).containsExactly(256L << 20, 512L << 20, 768L << 20);
        for (int i = 1; i < ends.size(); i++) {
            assertThat(ends.get(i) - ends.get(i - 1))
                    .isLessThanOrEqualTo((128L << 20) + Math.max(256L << 20, ends.get(i - 1) / 64));
        }
        assertThat(writer.end().parts()).isBetween(300, 500);
    }

    @Test
    void damageIsNamed() throws IOException {
        ManifestSummary summary = write(1000, new ArrayList<>());
        Path part = store().root().resolve(ManifestWriter.part(FOLDER, 0).text());
        byte[] content = Files.readAllBytes(part);
        content[content.length / 2] ^= 1;
        Files.write(part, content);
        assertThatThrownBy(() -> read(summary))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining(FOLDER)
                .hasMessageContaining("HINT: ");
    }

    @Test
    void pathsStayWhatTheyAre() {
        for (String path : List.of("base/1/2", "a b", "ä%20", "x\ny")) {
            assertThat(PathText.encode(path)).matches("[!-~]+");
            assertThat(PathText.decode(PathText.encode(path))).isEqualTo(path);
        }
        for (String hostile : List.of("/etc/passwd", "a/../b", "..", "a//b", "a/%2E%2E/b", "")) {
            assertThatThrownBy(() -> PathText.decode(hostile))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private ManifestSummary write(int chunks, List<ManifestLine> written) {
        var writer =
                new ManifestWriter(
                        store(), FOLDER, () -> 0, () -> {}, () -> {}, ManifestWriter.PART_BYTES);
        var directory = new ManifestLine.Directory("base", 0700);
        ManifestLine.File file = file("base/1/112 ä", chunks * 16384L);
        writer.directory(directory);
        writer.file(file);
        written.add(directory);
        written.add(file);
        var hasher = new ChunkHasher();
        PackId pack = PackId.random();
        int offset = 0;
        for (int i = 0; i < chunks; i++) {
            byte[] content = Integer.toString(i).getBytes(UTF_8);
            if (i % 1000 == 999) {
                pack = PackId.random();
                offset = 0;
            }
            var chunk =
                    new ChunkReference(
                            hasher.hash(content, 0, content.length), pack, offset, 100 + i % 7);
            offset += chunk.length() + (i % 5 == 0 ? 10 : 0);
            writer.chunk(chunk);
            written.add(new ManifestLine.Chunk(chunk));
        }
        written.add(new ManifestLine.End(1, chunks * 16384L));
        return writer.end();
    }

    private static ManifestLine.File file(String path, long size) {
        return new ManifestLine.File(path, size, 0600, 16384);
    }

    private List<ManifestLine> read(ManifestSummary summary) {
        try (ManifestReader reader = ManifestReader.of(store(), FOLDER, summary)) {
            return all(reader);
        }
    }

    private static List<ManifestLine> all(ManifestReader reader) {
        var lines = new ArrayList<ManifestLine>();
        for (Optional<ManifestLine> line = reader.next(); line.isPresent(); line = reader.next()) {
            lines.add(line.get());
        }
        return lines;
    }

    private FolderStore store() {
        return new FolderStore(folder.resolve("repository"));
    }
}
