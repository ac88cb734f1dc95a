package io.howdah.backup.seal;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;

/// A repository's key, sealed with an operator's. Immutable.
///
/// @param salt 32 bytes in base64, by which the sealing key is derived
/// @param wrapped the sealed key in base64
public record WrappedKey(String salt, String wrapped) {

    static WrappedKey of(byte[] key, byte[] secret, UUID cluster) {
        byte[] salt = Derivation.salt();
        try {
            byte[] wrapped = cipher(Cipher.ENCRYPT_MODE, secret, salt, cluster).doFinal(key);
            return new WrappedKey(encode(salt), encode(wrapped));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("what is short can be sealed", e);
        }
    }

    /// The repository's key; empty where this is not the operator's key.
    ///
    /// @throws IllegalArgumentException when it is no base64
    Optional<byte[]> open(byte[] secret, UUID cluster) {
        Base64.Decoder decoder = Base64.getDecoder();
        try {
            return Optional.of(
                    cipher(Cipher.DECRYPT_MODE, secret, decoder.decode(salt), cluster)
                            .doFinal(decoder.decode(wrapped)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, byte[] secret, byte[] salt, UUID cluster) {
        return Derivation.cipher(
                mode, Derivation.key(secret, salt, "howdah key " + cluster), 0, true);
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
