package io.howdah.proxy.verifier;

import org.jspecify.annotations.Nullable;

/// It cannot be found out what a role's password is checked with. The message is a fact in lower
/// case.
public final class LookupFailedException extends Exception {

    private final boolean passing;

    /// @param passing whether trying again soon is of use
    LookupFailedException(String fact, boolean passing, @Nullable Throwable cause) {
        super(fact, cause);
        this.passing = passing;
    }

    /// Whether trying again soon is of use.
    public boolean isPassing() {
        return passing;
    }
}
