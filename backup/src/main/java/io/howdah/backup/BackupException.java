package io.howdah.backup;

import org.jspecify.annotations.Nullable;

/// Something that a repository, a backup or a restore does not allow. The message is a lower-case
/// fact with its values, then a line `HINT:` that says what to do; it is meant to be shown to the
/// operator as it is.
public class BackupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String fact;

    /// @param fact what is the case, lower-case, with the values
    /// @param hint what the operator can do about it, without the word HINT
    public BackupException(String fact, String hint) {
        this(fact, hint, null);
    }

    /// @param fact what is the case, lower-case, with the values
    /// @param hint what the operator can do about it, without the word HINT
    /// @param cause what made it known
    public BackupException(String fact, String hint, @Nullable Throwable cause) {
        super(fact + "\nHINT: " + hint, cause);
        this.fact = fact;
    }

    /// What is the case, without what can be done about it.
    public String fact() {
        return fact;
    }
}
