package io.howdah.backup.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Gathers what is written to a file piece by piece, and writes at once what lies side by side. For
/// one thread.
final class GatheredWrites {

    private static final int BUFFER_BYTES = 1 << 20;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long position;

    /// Adds bytes that belong to `offset`; [#flush] comes before another file.
    ///
    /// @param length at most a mebibyte
    void add(FileChannel channel, long offset, byte[] bytes, int length) throws IOException {
        if (offset != position + buffer.position() || length > buffer.remaining()) {
            flush(channel);
            position = offset;
        }
        buffer.put(bytes, 0, length);
    }

    /// Writes what is gathered.
    void flush(FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
        buffer.clear();
    }

    /// Forgets what is gathered, after something went wrong.
    void forget() {
        buffer.clear();
    }
}
