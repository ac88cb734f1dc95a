package io.howdah.postgres.wire;

import java.util.Arrays;

/// A password. It never shows itself: `toString` is redacted, so that no log line or error can hold
/// it. Immutable; safe for use by many threads.
public final class Secret {

    private final char[] value;

    private Secret(char[] value) {
        this.value = value;
    }

    /// Keeps a copy of the characters; the caller may wipe its own.
    ///
    /// @throws IllegalArgumentException when there are none
    public static Secret of(char[] value) {
        if (value.length == 0) {
            throw new IllegalArgumentException("an empty password is no password");
        }
        return new Secret(value.clone());
    }

    /// Keeps a copy of the characters.
    ///
    /// @throws IllegalArgumentException when there are none
    public static Secret of(String value) {
        return of(value.toCharArray());
    }

    /// A copy of the characters, for whoever must really have them (authentication, a file with
    /// mode 0600).
    public char[] reveal() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && Arrays.equals(value, secret.value);
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
