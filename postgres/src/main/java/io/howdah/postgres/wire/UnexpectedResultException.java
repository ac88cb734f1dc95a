package io.howdah.postgres.wire;

import org.jspecify.annotations.Nullable;

/// A query's result is not what the caller asked of it: a null where a value was expected, an
/// unknown column, not exactly one row, a value of another type. The connection stays usable.
public final class UnexpectedResultException extends WireException {

    UnexpectedResultException(String message) {
        this(message, null);
    }

    UnexpectedResultException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
