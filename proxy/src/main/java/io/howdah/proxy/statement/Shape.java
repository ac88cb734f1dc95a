package io.howdah.proxy.statement;

import io.netty.buffer.ByteBuf;
import java.util.OptionalLong;

/// What a statement returns, as one number: the names and types of its columns. Where they come
/// from (table and column numbers) does not count, as PostgreSQL does not count it either.
final class Shape {

    private static final long NOTHING = 1;
    private static final long PRIME = 0x100000001b3L;

    /// Behind a column's name: its table and number there, then its type, size and modifier,
    /// format.
    private static final int TABLE_BYTES = 6;

    private static final int TYPE_BYTES = 10;
    private static final int FORMAT_BYTES = 2;

    private static final int COLUMN_BYTES = TABLE_BYTES + TYPE_BYTES + FORMAT_BYTES;

    private Shape() {}

    /// From a server's description; empty when that is damaged.
    ///
    /// @param type `T`, or `n` for no rows
    static OptionalLong of(byte type, ByteBuf bytes, int body, int bodyBytes) {
        if (type == 'n') {
            return OptionalLong.of(NOTHING);
        }
        long hash = 0xcbf29ce484222325L;
        int at = body + 2;
        int end = body + bodyBytes;
        while (at < end) {
            int zero = bytes.indexOf(at, end, (byte) 0);
            if (zero < 0 || zero + COLUMN_BYTES >= end) {
                return OptionalLong.empty();
            }
            hash = mixed(hash, bytes, at, zero + 1);
            at = zero + 1 + TABLE_BYTES;
            hash = mixed(hash, bytes, at, at + TYPE_BYTES);
            at += TYPE_BYTES + FORMAT_BYTES;
        }
        return OptionalLong.of(hash == 0 ? NOTHING + 1 : hash);
    }

    private static long mixed(long hash, ByteBuf bytes, int from, int to) {
        long mixed = hash;
        for (int i = from; i < to; i++) {
            mixed = (mixed ^ (bytes.getByte(i) & 0xff)) * PRIME;
        }
        return mixed;
    }
}
