package io.howdah.postgres.wire;

import org.jspecify.annotations.Nullable;

/// A base backup failed or is not what its manifest says. What had been written is still there, at
/// the place that the message names; it must not be used.
public final class BaseBackupException extends WireException {

    BaseBackupException(String message) {
        this(message, null);
    }

    BaseBackupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
