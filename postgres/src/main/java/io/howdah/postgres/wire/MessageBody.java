package io.howdah.postgres.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The body of one message, read field by field. Every read is checked against the message's end.
/// Valid until the next message is read. For one thread.
final class MessageBody {

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private char type;

    void set(char newType, ByteBuffer newBytes) {
        type = newType;
        bytes = newBytes;
    }

    /// What is left, as a view on the connection's own buffer.
    ByteBuffer rest() {
        return bytes;
    }

    int remaining() {
        return bytes.remaining();
    }

    byte readByte() {
        need(1);
        return bytes.get();
    }

    int readShort() {
        need(2);
        return bytes.getShort();
    }

    int readInt() {
        need(4);
        return bytes.getInt();
    }

    long readLong() {
        need(8);
        return bytes.getLong();
    }

    byte[] readBytes(int count) {
        if (count < 0) {
            throw new ProtocolException(
                    "a message of type '" + type + "' has a field of " + count + " bytes");
        }
        need(count);
        byte[] copy = new byte[count];
        bytes.get(copy);
        return copy;
    }

    /// A text that ends with a zero byte.
    String readText() {
        for (int end = bytes.position(); end < bytes.limit(); end++) {
            if (bytes.get(end) == 0) {
                byte[] text = readBytes(end - bytes.position());
                bytes.get();
                return new String(text, StandardCharsets.UTF_8);
            }
        }
        throw new ProtocolException("a message of type '" + type + "' has a text without an end");
    }

    private void need(int count) {
        if (bytes.remaining() < count) {
            throw new ProtocolException(
                    "a message of type '"
                            + type
                            + "' ends too early: a field needs "
                            + count
                            + " bytes, "
                            + bytes.remaining()
                            + " are left");
        }
    }
}
