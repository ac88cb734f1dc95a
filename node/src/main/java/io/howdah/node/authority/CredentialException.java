package io.howdah.node.authority;

import org.jspecify.annotations.Nullable;

/// A key, a certificate or a token cannot be used. The message is the fact and, on a second line,
/// the hint: ready to be printed. It never holds a secret.
public class CredentialException extends RuntimeException {

    private final String fact;
    private final String hint;

    /// @param fact what is wrong, in lower case, with the values
    /// @param hint what to do, without the word HINT
    /// @param cause what found it; null when we did
    public CredentialException(String fact, String hint, @Nullable Throwable cause) {
        super(fact + "\nHINT: " + hint, cause);
        this.fact = fact;
        this.hint = hint;
    }

    /// What is wrong, without the hint.
    public String fact() {
        return fact;
    }

    /// What to do.
    public String hint() {
        return hint;
    }
}
