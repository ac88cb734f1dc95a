package io.howdah.proxy.verifier;

import io.howdah.proxy.scram.Verifier;

/// What is known of a role's password.
public sealed interface Knowledge {

    /// It can be checked.
    record Known(Verifier verifier) implements Knowledge {}

    /// It is there, and cannot be checked by SCRAM.
    ///
    /// @param fact in lower case, for the log
    /// @param hint what to do
    record Unusable(String fact, String hint) implements Knowledge {}

    /// There is no such role, or it has no password, or may not log in.
    record Unknown() implements Knowledge {}

    /// Takes what a server or a file has as a role's password.
    static Knowledge of(String stored) {
        if (stored.isEmpty()) {
            return new Unknown();
        }
        return Verifier.parse(stored)
                .<Knowledge>map(Known::new)
                .orElseGet(() ->
                        new Unusable(
                                stored.matches("md5[0-9a-f]{32}")
                                        ? "its password is stored as md5"
                                        : "its password is not stored as a SCRAM verifier",
                                "set password_encryption = 'scram-sha-256' on the server, and the"
                                        + " role's password anew"));
    }
}
