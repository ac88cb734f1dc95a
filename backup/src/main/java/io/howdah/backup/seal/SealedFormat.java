package io.howdah.backup.seal;

import java.nio.charset.StandardCharsets;

/// How an object looks when it is sealed: a head of [#MAGIC] and a salt, then blocks of
/// [#BLOCK_BYTES], each with a tag behind it; the last one may be shorter, and there is one always.
final class SealedFormat {

    static final int BLOCK_BYTES = 1 << 16;
    static final int SEALED_BLOCK_BYTES = BLOCK_BYTES + Derivation.TAG_BYTES;
    static final int HEAD_BYTES = 8 + Derivation.SALT_BYTES;

    private static final byte[] MAGIC = "HOWDAH1\n".getBytes(StandardCharsets.US_ASCII);

    private SealedFormat() {}

    /// How many bytes an object has when it is sealed.
    static long sealedBytes(long plainBytes) {
        long blocks = Math.max(1, (plainBytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
        return HEAD_BYTES + plainBytes + blocks * Derivation.TAG_BYTES;
    }

    /// How many bytes are in a sealed object.
    static long plainBytes(long sealedBytes) {
        long body = Math.max(0, sealedBytes - HEAD_BYTES);
        long blocks = (body + SEALED_BLOCK_BYTES - 1) / SEALED_BLOCK_BYTES;
        return Math.max(0, body - blocks * Derivation.TAG_BYTES);
    }

    static byte[] head(byte[] salt) {
        byte[] head = new byte[HEAD_BYTES];
        System.arraycopy(MAGIC, 0, head, 0, MAGIC.length);
        System.arraycopy(salt, 0, head, MAGIC.length, salt.length);
        return head;
    }

    /// The salt in a head; empty, so of no bytes, where it is none.
    static byte[] salt(byte[] head) {
        if (head.length < HEAD_BYTES) {
            return new byte[0];
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (head[i] != MAGIC[i]) {
                return new byte[0];
            }
        }
        byte[] salt = new byte[Derivation.SALT_BYTES];
        System.arraycopy(head, MAGIC.length, salt, 0, salt.length);
        return salt;
    }
}
