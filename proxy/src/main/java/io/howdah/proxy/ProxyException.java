package io.howdah.proxy;

import org.jspecify.annotations.Nullable;

/// The proxy cannot do what it was told. The message is a fact, and on a second line a hint.
public final class ProxyException extends RuntimeException {

    /// @param fact in lower case, with the values
    /// @param hint what to do, without the word HINT
    /// @param cause what found it
    public ProxyException(String fact, String hint, @Nullable Throwable cause) {
        super(fact + "\nHINT: " + hint, cause);
    }
}
