package io.howdah.consensus;

import org.jspecify.annotations.Nullable;

/// The store cannot do what was asked. The message is a fact with its values, then a line `HINT: `
/// that says what to do.
public class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreException(String fact, String hint) {
        this(fact, hint, null);
    }

    private StoreException(String message) {
        super(message);
    }

    /// One whose message was made elsewhere, with its HINT.
    public static StoreException of(String message) {
        return new StoreException(message);
    }

    public StoreException(String fact, String hint, @Nullable Throwable cause) {
        super(fact + "\nHINT: " + hint, cause);
    }
}
