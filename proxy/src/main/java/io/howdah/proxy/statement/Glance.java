package io.howdah.proxy.statement;

import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What is there of the message that is being looked at. One and the same object serves all
/// messages of a client.
final class Glance {

    /// Longer names are not looked for.
    private static final int NAMES_MAXIMUM_BYTES = 1_024;

    private byte type;
    private int length;
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private int body;
    private int end;

    /// @param present how many bytes behind the header there are, of this message and later ones
    void at(byte type, int length, ByteBuf bytes, int body, int present) {
        this.type = type;
        this.length = length;
        this.bytes = bytes;
        this.body = body;
        this.end = body + Math.min(present, length - 4);
    }

    void done() {
        bytes = Unpooled.EMPTY_BUFFER;
    }

    byte type() {
        return type;
    }

    /// As it was sent: the body's bytes and 4.
    int length() {
        return length;
    }

    ByteBuf bytes() {
        return bytes;
    }

    int body() {
        return body;
    }

    int end() {
        return end;
    }

    boolean isComplete() {
        return end - body == length - 4;
    }

    /// The place of the next zero; -1 when there is none.
    int zero(int from) {
        return from >= end ? -1 : bytes.indexOf(from, end, (byte) 0);
    }

    /// More is needed to read its names; null when more would not help.
    @Nullable Cut more() {
        return isComplete() || end - body > NAMES_MAXIMUM_BYTES ? null : Cut.MORE;
    }

    /// It is sent, and what becomes of it is noted.
    Cut forward(Desk desk, Note note) {
        desk.exchange().clientSendsNoted(type);
        desk.statements().note(note);
        return Cut.FORWARD;
    }

    byte[] copy(int from, int to) {
        byte[] copy = new byte[to - from];
        bytes.getBytes(from, copy);
        return copy;
    }

    String text(int from, int to) {
        return bytes.toString(from, to - from, StandardCharsets.ISO_8859_1);
    }
}
