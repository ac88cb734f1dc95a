package io.howdah.proxy.statement;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A statement's name as a key: bytes in whatever encoding, of which PostgreSQL looks at the first
/// 63. One that is only compared with others is read into again and again ([#read]), so that
/// looking a name up makes nothing.
final class Name {

    /// `NAMEDATALEN`, less the zero at its end.
    private static final int LONGEST = 63;

    private final byte[] bytes;
    private int length;
    private int hash;

    /// Room for any name.
    Name() {
        this(new byte[LONGEST], 0, 0);
    }

    private Name(byte[] bytes, int length, int hash) {
        this.bytes = bytes;
        this.length = length;
        this.hash = hash;
    }

    /// Becomes the name that stands there.
    Name read(ByteBuf from, int start, int end) {
        length = Math.min(LONGEST, end - start);
        from.getBytes(start, bytes, 0, length);
        return hashed();
    }

    /// Becomes this name.
    ///
    /// @param text a character stands for one byte
    Name read(String text) {
        byte[] read = text.getBytes(StandardCharsets.ISO_8859_1);
        length = Math.min(LONGEST, read.length);
        System.arraycopy(read, 0, bytes, 0, length);
        return hashed();
    }

    private Name hashed() {
        int sum = 1;
        for (int i = 0; i < length; i++) {
            sum = 31 * sum + bytes[i];
        }
        hash = sum;
        return this;
    }

    /// The same, to keep.
    Name copy() {
        return new Name(Arrays.copyOf(bytes, length), length, hash);
    }

    /// This name, to keep.
    static Name of(String text) {
        return new Name().read(text).copy();
    }

    /// How long it is in a message, with the zero at its end.
    int writtenBytes() {
        return length + 1;
    }

    /// Into a message, with a zero at its end.
    void write(ByteBuf out) {
        out.writeBytes(bytes, 0, length).writeByte(0);
    }

    /// As it stands in an error; a character stands for one byte.
    String text() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Name name
                && hash == name.hash
                && Arrays.equals(bytes, 0, length, name.bytes, 0, name.length);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
