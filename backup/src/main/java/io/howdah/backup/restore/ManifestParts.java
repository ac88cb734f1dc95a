package io.howdah.backup.restore;

import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.ManifestReader;
import io.howdah.backup.pack.ChunkReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a manifest as directories and pieces of files. Not thread-safe.
final class ManifestParts {

    /// Hears them in the order of the manifest.
    interface Visitor {
        /// A directory, before what is in it.
        void directory(ManifestLine.Directory directory);

        /// A piece of a file; one, without chunks, of an empty file.
        void part(RestorePart part);
    }

    private final Visitor visitor;
    private ManifestLine.@Nullable File file;
    private long offset;
    private List<ChunkReference> chunks = new ArrayList<>();

    ManifestParts(Visitor visitor) {
        this.visitor = visitor;
    }

    /// Reads it to its end.
    void read(ManifestReader manifest) {
        for (Optional<ManifestLine> line = manifest.next();
                line.isPresent();
                line = manifest.next()) {
            switch (line.get()) {
                case ManifestLine.Directory directory -> {
                    endFile();
                    visitor.directory(directory);
                }
                case ManifestLine.File next -> {
                    endFile();
                    file = next;
                }
                case ManifestLine.Chunk(ChunkReference chunk) -> add(chunk);
                case ManifestLine.End _ -> endFile();
            }
        }
    }

    private void add(ChunkReference chunk) {
        chunks.add(chunk);
        if (chunks.size() == RestorePart.MOST_CHUNKS) {
            endPart();
        }
    }

    private void endFile() {
        ManifestLine.File current = file;
        if (current != null && (!chunks.isEmpty() || current.size() == 0)) {
            endPart();
        }
        file = null;
        offset = 0;
    }

    private void endPart() {
        ManifestLine.File current = file;
        if (current == null) {
            throw new IllegalStateException("chunks of no file");
        }
        var part = new RestorePart(current, offset, List.copyOf(chunks));
        visitor.part(part);
        offset += part.length();
        chunks = new ArrayList<>();
    }
}
