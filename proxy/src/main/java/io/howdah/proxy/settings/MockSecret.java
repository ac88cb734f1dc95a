package io.howdah.proxy.settings;

import io.howdah.postgres.wire.Secret;
import java.nio.file.Path;

/// What the salts are made with that roles are shown as having that have none. The same secret
/// gives the same salts. Strangers are told them, so whoever could guess the secret would learn
/// from one of them that he is right: it must never be something that a person has chosen.
public sealed interface MockSecret {

    /// Another one for each process.
    record OfProcess() implements MockSecret {}

    /// One that lies in a file, which is made where it is missing. Mode 0600.
    record InFile(Path file) implements MockSecret {}

    /// One that is known already.
    ///
    /// @param secret with 128 random bits or more
    record Given(Secret secret) implements MockSecret {}
}
