package io.howdah.postgres.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/// Reckons the checksum of one file after the other, as a backup manifest writes it. For one
/// thread.
sealed interface FileChecksum {

    static FileChecksum of(BaseBackupRequest.ManifestChecksums kind) {
        return switch (kind) {
            case CRC32C -> new Crc(new CRC32C());
            case SHA256 -> new Digest(sha256());
        };
    }

    /// The name in the manifest.
    String algorithm();

    /// Takes more of the file, all of it.
    void update(ByteBuffer piece);

    /// The file's checksum; the next file starts anew.
    byte[] finish();

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    record Crc(CRC32C crc) implements FileChecksum {
        @Override
        public String algorithm() {
            return "CRC32C";
        }

        @Override
        public void update(ByteBuffer piece) {
            crc.update(piece);
        }

        /// The server writes the number as it lies in its memory, and it runs on little-endian
        /// machines only, as far as we know any.
        @Override
        public byte[] finish() {
            byte[] value =
                    ByteBuffer.allocate(4)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt((int) crc.getValue())
                            .array();
            crc.reset();
            return value;
        }
    }

    record Digest(MessageDigest digest) implements FileChecksum {
        @Override
        public String algorithm() {
            return "SHA256";
        }

        @Override
        public void update(ByteBuffer piece) {
            digest.update(piece);
        }

        @Override
        public byte[] finish() {
            return digest.digest();
        }
    }
}
