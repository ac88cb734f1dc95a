package io.howdah.backup.chunk;

import java.nio.ByteBuffer;
import java.util.Base64;

/// The first 128 bits of the SHA-256 of a chunk's content: enough that no two contents of one place
/// are ever taken for one another. Written in 22 characters of base64url. Immutable.
///
/// @param high the first 8 bytes, the most significant first
/// @param low the next 8 bytes
public record ChunkHash(long high, long low) {

    private static final int TEXT_CHARACTERS = 22;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /// Reads the written form.
    ///
    /// @throws IllegalArgumentException when it is not 22 characters of base64url
    public static ChunkHash parse(String text) {
        byte[] decoded = Base64.getUrlDecoder().decode(text);
        if (text.length() != TEXT_CHARACTERS || decoded.length != 2 * Long.BYTES) {
            throw new IllegalArgumentException("not a hash: '" + text + "'");
        }
        ByteBuffer bytes = ByteBuffer.wrap(decoded);
        return new ChunkHash(bytes.getLong(), bytes.getLong());
    }

    @Override
    public String toString() {
        return ENCODER.encodeToString(
                ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array());
    }
}
