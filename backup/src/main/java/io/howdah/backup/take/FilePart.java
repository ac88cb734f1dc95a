package io.howdah.backup.take;

import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.pack.ChunkReference;
import java.nio.file.Path;
import java.util.List;

/// A piece of a file for one thread to read. Immutable.
///
/// @param file the whole file
/// @param path where it is
/// @param offset where the piece begins, a multiple of a chunk
/// @param length how many bytes it has
/// @param before what stood there in the backup before, chunk by chunk; may be shorter
/// @param firstBlock the number of its first page in its relation, or -1 when its pages are not to
///   be judged
record FilePart(
        ManifestLine.File file,
        Path path,
        long offset,
        int length,
        List<ChunkReference> before,
        long firstBlock) {

    /// The most that a piece has: so many threads work on one file.
    static final int MOST_BYTES = 64 << 20;

    /// What came of it.
    ///
    /// @param missing whether the file has vanished
    /// @param chunks what to put into the manifest
    /// @param damaged the pages whose checksums are wrong
    record Result(boolean missing, List<ChunkReference> chunks, List<String> damaged) {}

    boolean isFirst() {
        return offset == 0;
    }
}
