package io.howdah.proxy.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// What the proxy itself has to tell a client, in PostgreSQL's form. Immutable.
///
/// @param sqlState five characters
/// @param message a fact in lower case, with its values
/// @param hint what to do; empty for none
public record Complaint(String sqlState, String message, String hint) {

    /// As an ErrorResponse of severity FATAL: the connection is closed behind it.
    public ByteBuf encoded(ByteBufAllocator allocator) {
        return encoded(allocator, 'E', "FATAL");
    }

    /// As a NoticeResponse of severity WARNING.
    public ByteBuf encodedAsWarning(ByteBufAllocator allocator) {
        return encoded(allocator, 'N', "WARNING");
    }

    private ByteBuf encoded(ByteBufAllocator allocator, char type, String severity) {
        ByteBuf out = allocator.buffer(256).writeByte(type).writeInt(0);
        field(out, 'S', severity);
        field(out, 'V', severity);
        field(out, 'C', sqlState);
        field(out, 'M', message);
        if (!hint.isEmpty()) {
            field(out, 'H', hint);
        }
        out.writeByte(0);
        return out.setInt(1, out.readableBytes() - 1);
    }

    private static void field(ByteBuf out, char code, String text) {
        Messages.text(out.writeByte(code), Messages.utf8(text));
    }
}
