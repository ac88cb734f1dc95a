package io.howdah.proxy.statement;

import io.howdah.proxy.protocol.ErrorFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/// The messages about statements that the proxy writes itself.
final class StatementMessages {

    /// With this and a number begins what servers call a statement.
    static final String PREFIX = "howdah_";

    /// What nobody calls a statement.
    static final Name NOBODYS_NAME = Name.of(PREFIX);

    /// What has no name.
    static final Name NO_NAME = Name.of("");

    static final String OUTDATED = "cached plan must not change result type";

    static final String READ_OTHERWISE =
            "prepared statement was made under another client_encoding or"
                    + " standard_conforming_strings, and has to be prepared again";

    private static final String NOT_SUPPORTED = "0A000";
    private static final String INVALID_NAME = "26000";
    private static final String DUPLICATE = "42P05";

    /// An empty text, and no parameters.
    private static final byte[] EMPTY_STATEMENT = new byte[3];

    private StatementMessages() {}

    /// A Close or Describe of a statement.
    static void named(ByteBuf out, char type, Name name) {
        out.writeByte(type).writeInt(name.writtenBytes() + 5).writeByte('S');
        name.write(out);
    }

    /// A Parse.
    ///
    /// @param body all that follows the name
    static void parse(ByteBuf out, Name name, byte[] body) {
        out.writeByte('P').writeInt(name.writtenBytes() + body.length + 4);
        name.write(out);
        out.writeBytes(body);
    }

    /// A Parse of a statement that does nothing.
    static void parseEmpty(ByteBuf out, Name name) {
        parse(out, name, EMPTY_STATEMENT);
    }

    /// A Flush.
    static void flush(ByteBuf out) {
        out.writeByte('H').writeInt(4);
    }

    /// Whether an error says that a statement would return other columns than when it was prepared.
    static boolean isOutdated(ErrorFields error) {
        return error.sqlState().equals(NOT_SUPPORTED)
                && error.fields().getOrDefault('R', "").startsWith("RevalidateCached");
    }

    /// Whether an error says that there is no such statement.
    static boolean isMissing(ErrorFields error) {
        return error.sqlState().equals(INVALID_NAME);
    }

    /// Whether an error says that there is a statement of that name already.
    static boolean isTaken(ErrorFields error) {
        return error.sqlState().equals(DUPLICATE);
    }

    /// The same error as the server itself would send it.
    static ByteBuf refusal(ByteBufAllocator allocator, String message) {
        ByteBuf out = allocator.buffer(160).writeByte('E').writeInt(0);
        for (String field :
                new String[] {
                    "SERROR",
                    "VERROR",
                    "C" + NOT_SUPPORTED,
                    "M" + message,
                    "Fplancache.c",
                    "RRevalidateCachedQuery"
                }) {
            out.writeCharSequence(field, StandardCharsets.US_ASCII);
            out.writeByte(0);
        }
        out.writeByte(0);
        return out.setInt(1, out.readableBytes() - 1);
    }
}
