package io.howdah.backup.wal;

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

    private WalCodec() {}

    /// Compresses a part of a file into another one, whatever its size, with no memory of its own.
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
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE)) {
            target.truncate(compressed(source, offset, length, target, level));
        }
        return Content.of(into);
    }

    private static long compressed(
            FileChannel source, long offset, int length, FileChannel target, int level)
            throws IOException {
        long most = Zstd.compressBound(length);
        try (Arena arena = Arena.ofConfined();
                ZstdCompressCtx context = new ZstdCompressCtx()) {
            context.setLevel(level).setContentSize(true).setChecksum(true);
            ByteBuffer plain =
                    source.map(FileChannel.MapMode.READ_ONLY, offset, length, arena).asByteBuffer();
            ByteBuffer packed =
                    target.map(FileChannel.MapMode.READ_WRITE, 0, most, arena).asByteBuffer();
            return context.compress(packed, plain);
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
