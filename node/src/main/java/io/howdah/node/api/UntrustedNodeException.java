package io.howdah.node.api;

import org.jspecify.annotations.Nullable;

/// A node answered, but did not prove that it is of the cluster that is meant; nothing was sent to
/// it.
public final class UntrustedNodeException extends ApiException {

    UntrustedNodeException(String fact, String hint, @Nullable Throwable cause) {
        super(fact, hint, cause);
    }
}
