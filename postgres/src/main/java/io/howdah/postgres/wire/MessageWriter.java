package io.howdah.postgres.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Builds messages for a server and sends them in one write. For one thread.
final class MessageWriter {

    private static final int NO_MESSAGE = -1;
    private static final int KEPT_BYTES = 64 * 1024;

    private byte[] bytes = new byte[1024];
    private int length;
    private int messageStart = NO_MESSAGE;

    /// Begins a message; 0 for the start-up message, which has no type.
    MessageWriter begin(char type) {
        if (type != 0) {
            writeByte(type);
        }
        messageStart = length;
        return writeInt(0);
    }

    /// Ends the message: its length is known now.
    MessageWriter end() {
        ByteBuffer.wrap(bytes).putInt(messageStart, length - messageStart);
        messageStart = NO_MESSAGE;
        return this;
    }

    MessageWriter writeByte(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    MessageWriter writeShort(int value) {
        return writeByte(value >>> 8).writeByte(value);
    }

    MessageWriter writeInt(int value) {
        room(4);
        ByteBuffer.wrap(bytes).putInt(length, value);
        length += 4;
        return this;
    }

    MessageWriter writeLong(long value) {
        return writeInt((int) (value >>> 32)).writeInt((int) value);
    }

    /// A text and the zero byte that ends it.
    ///
    /// @throws IllegalArgumentException when the text itself holds a zero character
    MessageWriter writeText(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "a text for PostgreSQL cannot hold a zero character");
        }
        return writeBytes(text.getBytes(StandardCharsets.UTF_8)).writeByte(0);
    }

    /// A length of four bytes, −1 for a null, and the bytes.
    MessageWriter writeValue(byte @Nullable [] value) {
        return value == null ? writeInt(-1) : writeInt(value.length).writeBytes(value);
    }

    MessageWriter writeBytes(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    /// Forgets what was begun and not sent.
    void discard() {
        Arrays.fill(bytes, 0, length, (byte) 0);
        length = 0;
        messageStart = NO_MESSAGE;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[1024];
        }
    }

    /// Sends all messages and forgets them: a password may have been among them.
    void sendTo(WritableByteChannel channel) throws IOException {
        try {
            ByteBuffer unsent = ByteBuffer.wrap(bytes, 0, length);
            while (unsent.hasRemaining()) {
                channel.write(unsent);
            }
        } finally {
            discard();
        }
    }

    private void room(int count) {
        long needed = (long) length + count;
        if (needed > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("a message of over 2 GiB cannot be sent");
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 16, needed * 2));
        }
    }
}
