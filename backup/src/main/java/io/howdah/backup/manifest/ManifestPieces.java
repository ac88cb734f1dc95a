package io.howdah.backup.manifest;

import io.howdah.backup.pack.ChunkReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a manifest as directories and pieces of files, so that several threads can work on one
/// file. Not thread-safe.
public final class ManifestPieces {

    /// Hears them in the order of the manifest.
    public interface Visitor {
        /// A directory, before what is in it.
        void directory(ManifestLine.Directory directory);

        /// A piece of a file; one, without chunks, of an empty file.
        void piece(ManifestPiece piece);
    }

    private final Visitor visitor;
    private ManifestLine.@Nullable File file;
    private long offset;
    private List<ChunkReference> chunks = new ArrayList<>();

    /// @param visitor hears what there is
    public ManifestPieces(Visitor visitor) {
        this.visitor = visitor;
    }

    /// Reads it to its end.
    public void read(ManifestReader manifest) {
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
        if (chunks.size() == ManifestPiece.MOST_CHUNKS) {
            endPiece();
        }
    }

    private void endFile() {
        ManifestLine.File current = file;
        if (current != null && (!chunks.isEmpty() || current.size() == 0)) {
            endPiece();
        }
        file = null;
        offset = 0;
    }

    private void endPiece() {
        ManifestLine.File current = file;
        if (current == null) {
            throw new IllegalStateException("chunks of no file");
        }
        var piece = new ManifestPiece(current, offset, List.copyOf(chunks));
        visitor.piece(piece);
        offset += piece.length();
        chunks = new ArrayList<>();
    }
}
