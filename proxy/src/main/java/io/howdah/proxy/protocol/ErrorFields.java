package io.howdah.proxy.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.LinkedHashMap;
import java.util.Map;

/// The fields of an ErrorResponse that a server sent, by their letters. What a hostile server
/// leaves out is missing here, too. Immutable.
///
/// @param fields in the server's order; each character stands for one byte
public record ErrorFields(Map<Character, String> fields) {

    /// Reads a message's body; a damaged end is left out.
    public static ErrorFields read(ByteBuf bytes, int body, int bodyBytes) {
        Map<Character, String> fields = new LinkedHashMap<>();
        int at = body;
        int end = body + bodyBytes;
        while (at < end && bytes.getByte(at) != 0) {
            char code = (char) (bytes.getByte(at) & 0xff);
            int zero = bytes.indexOf(at + 1, end, (byte) 0);
            if (zero < 0) {
                break;
            }
            fields.put(code, Messages.text(bytes, at + 1, end));
            at = zero + 1;
        }
        return new ErrorFields(fields);
    }

    /// The code; `XX000` where the server has sent none.
    public String sqlState() {
        return fields.getOrDefault('C', "XX000");
    }

    /// Whether the connection ends with it.
    public boolean isFatal() {
        String severity = fields.getOrDefault('V', fields.getOrDefault('S', ""));
        return severity.equals("FATAL") || severity.equals("PANIC");
    }

    /// The main line.
    public String message() {
        return fields.getOrDefault('M', "(no message)");
    }

    /// The same with another main line.
    public ErrorFields withMessage(String message) {
        Map<Character, String> changed = new LinkedHashMap<>(fields);
        changed.put('M', message);
        return new ErrorFields(changed);
    }

    /// As an ErrorResponse.
    public ByteBuf encoded(ByteBufAllocator allocator) {
        return encoded(allocator, fields);
    }

    /// The same as a reason to end the connection, as PostgreSQL sends it during a login.
    public ByteBuf encodedAsFatal(ByteBufAllocator allocator) {
        Map<Character, String> fatal = new LinkedHashMap<>(fields);
        fatal.replace('S', "FATAL");
        fatal.replace('V', "FATAL");
        return encoded(allocator, fatal);
    }

    private static ByteBuf encoded(ByteBufAllocator allocator, Map<Character, String> fields) {
        ByteBuf out = allocator.buffer(256).writeByte('E').writeInt(0);
        fields.forEach((code, text) -> Messages.text(out.writeByte(code), text));
        out.writeByte(0);
        return out.setInt(1, out.readableBytes() - 1);
    }
}
