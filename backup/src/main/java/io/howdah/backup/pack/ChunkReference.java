package io.howdah.backup.pack;

import io.howdah.backup.chunk.ChunkHash;

/// Where a chunk lies, and what it must be. Immutable.
///
/// @param hash of its content
/// @param pack the pack that holds it
/// @param offset where it begins in there, in bytes
/// @param length how many bytes it takes there
public record ChunkReference(ChunkHash hash, PackId pack, int offset, int length) {

    /// @throws IllegalArgumentException when it could not lie in a pack
    public ChunkReference {
        if (offset < 0 || length <= 0 || offset + (long) length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "no chunk lies at " + offset + " with " + length + " bytes");
        }
    }

    /// Where it ends in its pack.
    public int end() {
        return offset + length;
    }

    /// Whether this one begins where `before` ends.
    public boolean follows(ChunkReference before) {
        return offset == before.end() && pack.equals(before.pack);
    }
}
