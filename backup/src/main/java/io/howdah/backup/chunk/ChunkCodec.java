package io.howdah.backup.chunk;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

/// Compresses chunks, each into a zstd frame of its own, and brings them back. For one thread; to
/// be closed.
public final class ChunkCodec implements AutoCloseable {

    /// Fast; higher levels gain little on pages and cost a multiple.
    public static final int DEFAULT_LEVEL = 1;

    private final ZstdCompressCtx compressor;
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

    /// @param level zstd's level, 1 to 19
    public ChunkCodec(int level) {
        compressor = new ZstdCompressCtx().setLevel(level).setContentSize(true);
    }

    /// The most that a chunk of that size takes when it is compressed.
    public static int bound(int length) {
        return (int) Zstd.compressBound(length);
    }

    /// Compresses a part of an array to `target` at `at`, where there must be room for [#bound].
    ///
    /// @return how many bytes were written
    public int compress(byte[] source, int offset, int length, byte[] target, int at) {
        return compressor.compressByteArray(target, at, target.length - at, source, offset, length);
    }

    /// Brings a chunk back, to the start of `target`.
    ///
    /// @return its length, or -1 when these bytes are no chunk, or one that is larger than `target`
    public int decompress(byte[] source, int offset, int length, byte[] target) {
        try {
            return decompressor.decompressByteArray(
                    target, 0, target.length, source, offset, length);
        } catch (ZstdException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}
