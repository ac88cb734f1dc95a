package io.howdah.backup.wal;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.howdah.backup.store.Content;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;

/// WAL as it lies in a repository: one zstd frame that says its size and carries a checksum.
final class WalCodec {

    /// Enough of an object to learn from it how much WAL it holds.
    static final int HEADER_BYTES = 18;

    private static final int BUFFER_BYTES = 256 << 10;

    private WalCodec() {}

    /// Compresses a part of a file into another one, whatever its size, through a small buffer:
    /// where the disk is full, who had mapped the file would be ended by the system.
    ///
    /// @return what is in the other file, which stays until it is put
    static Content compress(Path from, long offset, int length, Path into, int level)
            throws IOException {
        try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel target =
                        FileChannel.open(
                                into,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE)) {
            compress(source, offset, length, target, level);
        }
        return Content.of(into);
    }

    private static void compress(
            FileChannel source, long offset, int length, FileChannel target, int level)
            throws IOException {
        try (Arena arena = Arena.ofConfined();
                ZstdCompressCtx context = new ZstdCompressCtx()) {
            context.setLevel(level).setChecksum(true);
            context.setPledgedSrcSize(length);
            ByteBuffer plain =
                    source.map(FileChannel.MapMode.READ_ONLY, offset, length, arena).asByteBuffer();
            ByteBuffer packed = arena.allocate(BUFFER_BYTES).asByteBuffer();
            boolean whole = false;
            while (!whole) {
                whole = context.compressDirectByteBufferStream(packed, plain, EndDirective.END);
                packed.flip();
                while (packed.hasRemaining()) {
                    target.write(packed);
                }
                packed.clear();
            }
        }
    }

    /// How much WAL an object holds, by its first [#HEADER_BYTES]; empty where it does not say so.
    static OptionalInt size(byte[] header) {
        long size = header.length == 0 ? 0 : Zstd.getFrameContentSize(header);
        return size > 0 && size <= Integer.MAX_VALUE
                ? OptionalInt.of((int) size)
                : OptionalInt.empty();
    }
}
