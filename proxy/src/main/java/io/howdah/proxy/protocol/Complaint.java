package io.howdah.proxy.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// What the proxy itself has to tell a client before it closes its connection, in PostgreSQL's
/// form. Immutable.
///
/// @param sqlState five characters
/// @param message a fact in lower case, with its values
/// @param hint what to do; empty for none
public record Complaint(String sqlState, String message, String hint) {

    /// As an ErrorResponse of severity FATAL.
    public ByteBuf encoded(ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(256).writeByte('E').writeInt(0);
        field(out, 'S', "FATAL");
        field(out, 'V', "FATAL");
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
