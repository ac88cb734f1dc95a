package io.howdah.backup.chunk;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Makes hashes of chunks. For one thread.
public final class ChunkHasher {

    private final MessageDigest digest;
    private final byte[] result;

    public ChunkHasher() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        result = new byte[digest.getDigestLength()];
    }

    /// The hash of a part of an array.
    public ChunkHash hash(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
        try {
            digest.digest(result, 0, result.length);
        } catch (DigestException e) {
            throw new IllegalStateException("the result has its place", e);
        }
        ByteBuffer first = ByteBuffer.wrap(result);
        return new ChunkHash(first.getLong(), first.getLong());
    }
}
