package io.howdah.backup.restore;

import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.pack.ChunkReference;
import java.util.List;

/// A piece of a file for one thread to write. Immutable.
///
/// @param file the whole file
/// @param offset where the piece begins
/// @param chunks what is in it
record RestorePart(ManifestLine.File file, long offset, List<ChunkReference> chunks) {

    /// The most chunks of one piece: 64 MiB of a large file.
    static final int MOST_CHUNKS = 4096;

    /// How many bytes it has.
    long length() {
        return Math.min(file.size() - offset, (long) chunks.size() * file.chunkBytes());
    }
}
