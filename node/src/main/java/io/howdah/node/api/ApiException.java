package io.howdah.node.api;

import org.jspecify.annotations.Nullable;

/// A call to a node's API brought no result. The message is the fact and, on a second line, the
/// hint: ready to be printed.
public abstract sealed class ApiException extends RuntimeException
        permits NodeUnreachableException, RefusedException, UntrustedNodeException {

    private final String fact;
    private final @Nullable String hint;

    ApiException(String fact, @Nullable String hint, @Nullable Throwable cause) {
        super(hint == null ? fact : fact + "\nHINT: " + hint, cause);
        this.fact = fact;
        this.hint = hint;
    }

    /// What happened, without the hint.
    public String fact() {
        return fact;
    }

    /// What to do next; null when nothing is known.
    public @Nullable String hint() {
        return hint;
    }
}
