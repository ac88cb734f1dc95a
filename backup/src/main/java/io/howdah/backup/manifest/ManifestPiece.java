package io.howdah.backup.manifest;

import io.howdah.backup.pack.ChunkReference;
import java.util.List;

/// A piece of a file, for one thread to work on. Immutable.
///
/// @param file the whole file
/// @param offset where the piece begins
/// @param chunks what is in it
public record ManifestPiece(ManifestLine.File file, long offset, List<ChunkReference> chunks) {

    /// The most chunks of one piece: 64 MiB of a large file.
    public static final int MOST_CHUNKS = 4096;

    /// Where a chunk begins in the file.
    ///
    /// @param index its place in this piece
    public long offsetOf(int index) {
        return offset + (long) index * file.chunkBytes();
    }

    /// How many bytes a chunk must have.
    ///
    /// @param index its place in this piece
    public int lengthOf(int index) {
        return (int) Math.min(file.chunkBytes(), file.size() - offsetOf(index));
    }

    /// How many bytes it has.
    public long length() {
        return Math.min(file.size() - offset, (long) chunks.size() * file.chunkBytes());
    }
}
