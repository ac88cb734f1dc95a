package io.howdah.backup.seal;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// How a repository is encrypted. Immutable.
///
/// @param cipher `AES-256-GCM`
/// @param keys the repository's key, once for each of the operator's keys that open it
public record Encryption(String cipher, List<WrappedKey> keys) {

    static final String CIPHER = "AES-256-GCM";

    public Encryption {
        keys = List.copyOf(keys);
    }

    /// One with a new key.
    ///
    /// @param secret the operator's
    /// @param cluster whose repository it is
    public static Encryption make(byte[] secret, UUID cluster) {
        return new Encryption(CIPHER, List.of(WrappedKey.of(Derivation.salt(), secret, cluster)));
    }

    /// The repository's key; empty where the operator's does not open it.
    Optional<byte[]> open(byte[] secret, UUID cluster) {
        return keys.stream().flatMap(key -> key.open(secret, cluster).stream()).findFirst();
    }

    /// What another of the operator's keys opens as well.
    ///
    /// @param key the repository's
    Encryption with(byte[] key, byte[] secret, UUID cluster) {
        return new Encryption(
                cipher,
                Stream.concat(keys.stream(), Stream.of(WrappedKey.of(key, secret, cluster)))
                        .toList());
    }

    /// What only this one of the operator's keys opens.
    Encryption only(byte[] secret, UUID cluster) {
        return new Encryption(
                cipher,
                keys.stream().filter(key -> key.open(secret, cluster).isPresent()).toList());
    }
}
