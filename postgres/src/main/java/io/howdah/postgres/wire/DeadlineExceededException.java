package io.howdah.postgres.wire;

import org.jspecify.annotations.Nullable;

/// A call took longer than it may. The connection is closed; whether the call took effect is
/// unknown, and the server may still be busy with it.
public final class DeadlineExceededException extends WireException {

    DeadlineExceededException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
