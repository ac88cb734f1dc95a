package io.howdah.postgres.wire;

import org.jspecify.annotations.Nullable;

/// Anything that goes wrong while talking to a server. The message is a fact with its values,
/// followed by a line `HINT: …` where there is something to do.
public abstract sealed class WireException extends RuntimeException
        permits PostgresServerException,
                ConnectionFailedException,
                DeadlineExceededException,
                ProtocolException,
                UnexpectedResultException,
                BaseBackupException {

    WireException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
