package io.howdah.consensus;

import org.jspecify.annotations.Nullable;

/// What became of a submitted command that a majority agreed on. Immutable.
///
/// @param result the document right after the command, at the command's own log position
/// @param refusal why the command changed nothing, or null if it was accepted
public record Outcome<S>(Versioned<S> result, @Nullable String refusal) {

    /// Whether the command was accepted.
    public boolean accepted() {
        return refusal == null;
    }
}
