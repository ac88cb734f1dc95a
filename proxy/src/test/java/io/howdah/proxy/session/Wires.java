package io.howdah.proxy.session;

import io.howdah.testing.fuzz.EscapedBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// PostgreSQL's messages, written and read by hand. A text's characters stand for one byte each.
final class Wires {

    /// A message with a type.
    ///
    /// @param text its body
    record Message(char type, String text) {

        byte[] body() {
            return EscapedBytes.of(text);
        }

        /// The texts at its beginning, each ended by a zero.
        List<String> texts() {
            return List.of(text().split("\0", -1));
        }
    }

    private Wires() {}

    static byte[] message(char type, String body) {
        return message(type, EscapedBytes.of(body));
    }

    static byte[] message(char type, byte[] body) {
        return ByteBuffer.allocate(body.length + 5)
                .put((byte) type)
                .putInt(body.length + 4)
                .put(body)
                .array();
    }

    static byte[] startup(String... parameters) {
        byte[] body = EscapedBytes.of(String.join("\0", parameters) + "\0\0");
        return ByteBuffer.allocate(body.length + 8)
                .putInt(body.length + 8)
                .putInt(3 << 16)
                .put(body)
                .array();
    }

    /// A packet of two numbers or more, as a cancel request is.
    static byte[] packet(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length + 4).putInt(bytes(numbers));
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }

    private static int bytes(int... numbers) {
        return 4 * numbers.length + 4;
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /// Collects bytes, and gives out the whole messages among them.
    static final class Reader {
        private byte[] bytes = {};

        void add(byte[] more) {
            bytes = joined(bytes, more);
        }

        /// The next packet without a type, its length included; empty when it is not there yet.
        byte[] packet() {
            return bytes.length < 4 ? new byte[0] : take(ByteBuffer.wrap(bytes).getInt());
        }

        List<Message> messages() {
            List<Message> all = new ArrayList<>();
            int at = 0;
            while (bytes.length - at >= 5) {
                int body = ByteBuffer.wrap(bytes).getInt(at + 1) - 4;
                if (body < 0) {
                    throw new AssertionError("a body of " + body + " bytes");
                }
                if (bytes.length - at - 5 < body) {
                    break;
                }
                all.add(
                        new Message(
                                (char) (bytes[at] & 0xff),
                                new String(bytes, at + 5, body, StandardCharsets.ISO_8859_1)));
                at += 5 + body;
            }
            bytes = Arrays.copyOfRange(bytes, at, bytes.length);
            return all;
        }

        private byte[] take(int count) {
            if (count < 4) {
                throw new AssertionError("a length of " + count);
            }
            if (bytes.length < count) {
                return new byte[0];
            }
            byte[] taken = Arrays.copyOf(bytes, count);
            bytes = Arrays.copyOfRange(bytes, count, bytes.length);
            return taken;
        }

        /// Takes single bytes from the front, as long as they are these.
        int skip(String these) {
            int count = 0;
            while (count < bytes.length && these.indexOf(bytes[count] & 0xff) >= 0) {
                count++;
            }
            bytes = Arrays.copyOfRange(bytes, count, bytes.length);
            return count;
        }

        int left() {
            return bytes.length;
        }
    }
}
