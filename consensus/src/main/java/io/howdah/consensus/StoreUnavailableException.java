package io.howdah.consensus;

import org.jspecify.annotations.Nullable;

/// No answer from a majority within the bound, or no group yet. A command that failed with this may
/// have been applied, or may be applied still, but never more than once: read, or submit a command
/// whose repetition does no harm.
public final class StoreUnavailableException extends StoreException {

    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String fact, String hint) {
        super(fact, hint);
    }

    public StoreUnavailableException(String fact, String hint, @Nullable Throwable cause) {
        super(fact, hint, cause);
    }
}
