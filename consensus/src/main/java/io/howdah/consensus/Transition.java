package io.howdah.consensus;

import org.jspecify.annotations.Nullable;

/// What applying a command came to. Immutable.
///
/// @param state the document afterwards; the old one if the command was refused
/// @param refusal why the command changed nothing, or null if it was accepted
public record Transition<S>(S state, @Nullable String refusal) {

    /// The command was accepted.
    public static <S> Transition<S> accepted(S state) {
        return new Transition<>(state, null);
    }

    /// The command changed nothing, because of `reason`.
    public static <S> Transition<S> refused(S unchanged, String reason) {
        return new Transition<>(unchanged, reason);
    }
}
