package io.howdah.postgres.wire;

import org.jspecify.annotations.Nullable;

/// The server could not be reached, refused our authentication method, or the connection broke. The
/// connection is closed; whether the last call took effect is unknown when it had been sent.
public final class ConnectionFailedException extends WireException {

    ConnectionFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
