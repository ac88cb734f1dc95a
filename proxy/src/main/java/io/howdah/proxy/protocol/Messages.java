package io.howdah.proxy.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The messages that the proxy writes itself, and the fields of those that it reads. A text's
/// characters stand for one byte each, in whatever encoding the two sides have agreed upon.
public final class Messages {

    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int CANCEL_REQUEST = 80877102;
    private static final int TLS_REQUEST = 80877103;
    private static final int SASL = 10;
    private static final int SASL_CONTINUE = 11;
    private static final int SASL_FINAL = 12;

    private Messages() {}

    /// The first packet of a session.
    public static ByteBuf startup(ByteBufAllocator allocator, Map<String, String> parameters) {
        ByteBuf out = allocator.buffer(128).writeInt(0).writeInt(PROTOCOL_3_0);
        parameters.forEach((name, value) -> text(text(out, name), value));
        out.writeByte(0);
        return out.setInt(0, out.readableBytes());
    }

    /// A request for TLS.
    public static ByteBuf tlsRequest(ByteBufAllocator allocator) {
        return allocator.buffer(8).writeInt(8).writeInt(TLS_REQUEST);
    }

    /// A client shall prove itself by one of these mechanisms.
    public static ByteBuf sasl(ByteBufAllocator allocator, List<String> mechanisms) {
        ByteBuf out = allocator.buffer(64).writeByte('R').writeInt(0).writeInt(SASL);
        mechanisms.forEach(mechanism -> text(out, mechanism));
        out.writeByte(0);
        return out.setInt(1, out.readableBytes() - 1);
    }

    /// The server's first message of SASL.
    public static ByteBuf saslContinue(ByteBufAllocator allocator, String message) {
        return sasl(allocator, SASL_CONTINUE, message);
    }

    /// The server's last message of SASL.
    public static ByteBuf saslFinal(ByteBufAllocator allocator, String message) {
        return sasl(allocator, SASL_FINAL, message);
    }

    private static ByteBuf sasl(ByteBufAllocator allocator, int step, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        return allocator
                .buffer(bytes.length + 9)
                .writeByte('R')
                .writeInt(bytes.length + 8)
                .writeInt(step)
                .writeBytes(bytes);
    }

    /// A client's first message of SASL.
    public static ByteBuf saslInitial(
            ByteBufAllocator allocator, String mechanism, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        ByteBuf out = allocator.buffer(128).writeByte('p').writeInt(0);
        text(out, mechanism).writeInt(bytes.length).writeBytes(bytes);
        return out.setInt(1, out.readableBytes() - 1);
    }

    /// A client's further message of SASL.
    public static ByteBuf saslResponse(ByteBufAllocator allocator, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        return allocator
                .buffer(bytes.length + 5)
                .writeByte('p')
                .writeInt(bytes.length + 4)
                .writeBytes(bytes);
    }

    /// A cancel request.
    public static ByteBuf cancel(ByteBufAllocator allocator, CancelKey key) {
        ByteBuf out = allocator.buffer(16).writeInt(8 + key.bytes()).writeInt(CANCEL_REQUEST);
        key.write(out);
        return out;
    }

    /// A simple query.
    public static ByteBuf query(ByteBufAllocator allocator, String sql) {
        return text(
                allocator.buffer(sql.length() + 6).writeByte('Q').writeInt(sql.length() + 5), sql);
    }

    /// Terminate: the client leaves.
    public static ByteBuf terminate(ByteBufAllocator allocator) {
        return allocator.buffer(5).writeByte('X').writeInt(4);
    }

    /// All that a client is told at the end of its login.
    ///
    /// @param reported the server's parameters
    /// @param key what it has to name to cancel
    public static ByteBuf welcome(
            ByteBufAllocator allocator, Map<String, String> reported, CancelKey key) {
        ByteBuf out = allocator.buffer(512);
        out.writeByte('R').writeInt(8).writeInt(0);
        reported.forEach((name, value) -> {
            out.writeByte('S').writeInt(name.length() + value.length() + 6);
            text(text(out, name), value);
        });
        key.write(out.writeByte('K').writeInt(4 + key.bytes()));
        return out.writeByte('Z').writeInt(5).writeByte('I');
    }

    /// NegotiateProtocolVersion: this minor version it is, without these options.
    public static ByteBuf negotiation(
            ByteBufAllocator allocator, int minorVersion, List<String> unknownOptions) {
        ByteBuf out = allocator.buffer(64).writeByte('v').writeInt(0);
        out.writeInt(PROTOCOL_3_0 | minorVersion).writeInt(unknownOptions.size());
        unknownOptions.forEach(option -> text(out, option));
        return out.setInt(1, out.readableBytes() - 1);
    }

    /// A text that ends with a zero byte, read from a place within a message.
    ///
    /// @param end where the message ends
    /// @throws IllegalArgumentException when it does not end before
    public static String text(ByteBuf bytes, int from, int end) {
        int zero = bytes.indexOf(from, end, (byte) 0);
        if (zero < 0) {
            throw new IllegalArgumentException("a text without an end");
        }
        return bytes.toString(from, zero - from, StandardCharsets.ISO_8859_1);
    }

    static ByteBuf text(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        return out.writeByte(0);
    }

    /// A Java text as bytes of UTF-8, each in a character of its own.
    public static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
