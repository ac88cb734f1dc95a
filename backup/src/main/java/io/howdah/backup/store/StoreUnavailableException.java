package io.howdah.backup.store;

import org.jspecify.annotations.Nullable;

/// The store cannot say, or not do, what it was asked: nothing is known of what is there. After a
/// put, the object may be there or not.
public final class StoreUnavailableException extends StoreException {

    private static final long serialVersionUID = 1L;

    /// @param fact what was tried and what came of it, lower-case, with the values
    /// @param hint what to do
    /// @param cause what made it known
    public StoreUnavailableException(String fact, String hint, @Nullable Throwable cause) {
        super(fact, hint, cause);
    }
}
