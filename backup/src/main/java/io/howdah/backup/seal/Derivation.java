package io.howdah.backup.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/// Keys from keys, by HKDF with SHA-256, and AES-256-GCM with them. Each key serves one object, so
/// that numbers are enough for nonces. Pure, but for [#salt].
final class Derivation {

    static final int SALT_BYTES = 32;
    static final int TAG_BYTES = 16;

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Derivation() {}

    /// The key for one use.
    ///
    /// @param purpose what for; another purpose gives another key
    static SecretKey key(byte[] secret, byte[] salt, String purpose) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            "AES",
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(secret)
                                    .addSalt(salt)
                                    .thenExpand(
                                            purpose.getBytes(StandardCharsets.US_ASCII),
                                            KEY_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HKDF", e);
        }
    }

    /// Random bytes.
    static byte[] salt() {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return salt;
    }

    /// Seals or opens with the nonce of one block.
    ///
    /// @param mode of [Cipher]
    /// @param block its number in its object
    /// @param last whether no other block follows
    static Cipher cipher(int mode, SecretKey key, long block, boolean last) {
        byte[] nonce = new byte[NONCE_BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[NONCE_BYTES - 2 - i] = (byte) (block >>> (Byte.SIZE * i));
        }
        nonce[NONCE_BYTES - 1] = (byte) (last ? 1 : 0);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }
}
