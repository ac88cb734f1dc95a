package io.howdah.backup.manifest;

import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.pack.ChunkReference;

/// One statement of a manifest.
public sealed interface ManifestLine {

    /// The first of the files that stand behind all others, out of order: what is known only when
    /// the backup has ended on the server.
    String LABEL = "backup_label";

    /// The last file: without it no server starts.
    String CONTROL_FILE = "global/pg_control";

    /// A directory.
    ///
    /// @param path below the data directory; tablespaces lie below `pg_tblspc/<oid>`
    /// @param mode its permissions, as in 0700
    record Directory(String path, int mode) implements ManifestLine {

        /// @throws IllegalArgumentException when these are no permissions
        public Directory {
            requireMode(mode);
        }
    }

    /// A file; its chunks follow.
    ///
    /// @param path below the data directory
    /// @param size in bytes
    /// @param mode its permissions, as in 0600
    /// @param chunkBytes the size of its chunks, but for the last
    record File(String path, long size, int mode, int chunkBytes) implements ManifestLine {

        /// @throws IllegalArgumentException when it could not be cut so
        public File {
            if (size < 0 || chunkBytes < 1 || chunkBytes > ChunkSize.MOST_BYTES) {
                throw new IllegalArgumentException(
                        "a file of " + size + " bytes in chunks of " + chunkBytes);
            }
            requireMode(mode);
        }
    }

    /// The next chunk of the file before it.
    record Chunk(ChunkReference reference) implements ManifestLine {}

    /// The end of the whole manifest.
    ///
    /// @param files how many files it names
    /// @param bytes how many bytes they have together
    record End(long files, long bytes) implements ManifestLine {}

    private static void requireMode(int mode) {
        if (mode < 0 || mode > 0777) {
            throw new IllegalArgumentException("not permissions: %o".formatted(mode));
        }
    }
}
