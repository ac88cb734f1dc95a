package io.howdah.postgres.wire;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A base backup failed or is not what its manifest says. What had been written is still there, at
/// the place that the message names; it must not be used.
public final class BaseBackupException extends WireException {

    BaseBackupException(String message) {
        this(message, null);
    }

    /// The same failure, with the directory that it leaves behind named before the hint.
    BaseBackupException leaving(Path target) {
        String message = String.valueOf(getMessage());
        int hint = message.indexOf("\nHINT: ");
        int end = hint < 0 ? message.length() : hint;
        return new BaseBackupException(
                message.substring(0, end)
                        + "; the copy in "
                        + target
                        + " is incomplete and must not be used"
                        + (hint < 0
                                ? "\nHINT: remove it, and copy again"
                                : message.substring(hint)),
                this);
    }

    BaseBackupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
