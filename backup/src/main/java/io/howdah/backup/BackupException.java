package io.howdah.backup;

import java.io.UncheckedIOException;
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

    /// What a failure says, with its cause where that alone says why: `UncheckedIOException` and
    /// its like have in their message what was tried only.
    public static String said(RuntimeException failure) {
        return failure instanceof UncheckedIOException unchecked
                ? failure.getMessage() + ": " + unchecked.getCause()
                : failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /// What is the case, without what can be done about it.
    public String fact() {
        return fact;
    }
}
