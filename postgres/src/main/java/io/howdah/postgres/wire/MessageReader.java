package io.howdah.postgres.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/// Cuts what a server sends into messages: a type byte, a length of four bytes that counts itself,
/// a body. A length is checked before it is believed, and memory grows only with the bytes that
/// really arrive. One buffer serves all messages. For one thread.
final class MessageReader {

    private static final int HEADER_BYTES = 5;

    private final ReadableByteChannel channel;
    private final int initialBytes;
    private final int longestBodyBytes;
    private final MessageBody body = new MessageBody();
    private ByteBuffer buffer;

    /// @param initialBytes the size of the buffer, and what it shrinks back to after a message that
    ///   was longer
    /// @param longestBodyBytes a longer message is refused
    MessageReader(ReadableByteChannel channel, int initialBytes, int longestBodyBytes) {
        this.channel = channel;
        this.initialBytes = initialBytes;
        this.longestBodyBytes = longestBodyBytes;
        this.buffer = ByteBuffer.allocate(initialBytes).flip();
    }

    /// Waits for the next message and returns its type; its content is in `body` then.
    ///
    /// @throws EOFException when the stream ends, between two messages or in one
    /// @throws ProtocolException when the length is impossible
    char next() throws IOException {
        fill(HEADER_BYTES);
        char type = (char) (buffer.get() & 0xff);
        int length = buffer.getInt();
        if (length < 4 || length - 4 > longestBodyBytes) {
            throw new ProtocolException(
                    "a message of type "
                            + describe(type)
                            + " claims "
                            + length
                            + " bytes, 4 to "
                            + (longestBodyBytes + 4L)
                            + " are possible\nHINT: is this really a PostgreSQL server?");
        }
        int bodyBytes = length - 4;
        fill(bodyBytes);
        body.set(type, buffer.slice(buffer.position(), bodyBytes));
        buffer.position(buffer.position() + bodyBytes);
        return type;
    }

    MessageBody body() {
        return body;
    }

    static String describe(char type) {
        return type > ' ' && type < 127 ? "'" + type + "'" : "0x%02X".formatted((int) type);
    }

    private void fill(int wantedBytes) throws IOException {
        if (buffer.remaining() >= wantedBytes) {
            return;
        }
        if (buffer.capacity() > initialBytes && wantedBytes <= initialBytes) {
            resize(initialBytes);
        } else {
            buffer.compact().flip();
        }
        while (buffer.remaining() < wantedBytes) {
            if (buffer.limit() == buffer.capacity()) {
                long doubled = Math.min(2L * buffer.capacity(), longestBodyBytes + HEADER_BYTES);
                resize((int) Math.max(doubled, Math.min(wantedBytes, initialBytes)));
            }
            int held = buffer.limit();
            buffer.limit(buffer.capacity()).position(held);
            int read;
            try {
                read = channel.read(buffer);
            } finally {
                buffer.flip();
            }
            if (read < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
    }

    /// Moves what is unread to the front of a new buffer, which is never smaller than that.
    private void resize(int capacity) {
        ByteBuffer resized = ByteBuffer.allocate(Math.max(capacity, buffer.remaining()));
        resized.put(buffer).flip();
        buffer = resized;
    }
}
