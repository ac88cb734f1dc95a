package io.howdah.node.api;

import org.jspecify.annotations.Nullable;

/// No node answered, or what answered is not a Howdah node. A command ends with exit code 3.
public final class NodeUnreachableException extends ApiException {

    /// @param fact which addresses were tried and what came of it
    /// @param hint what to do next, without the word HINT
    /// @param cause the last failure
    public NodeUnreachableException(String fact, @Nullable String hint, @Nullable Throwable cause) {
        super(fact, hint, cause);
    }
}
