package io.howdah.postgres.wire;

import org.jspecify.annotations.Nullable;

/// What came over the wire is not what the protocol allows: a damaged stream, or no PostgreSQL at
/// the other end. The connection is closed.
public final class ProtocolException extends WireException {

    ProtocolException(String message) {
        this(message, null);
    }

    ProtocolException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
