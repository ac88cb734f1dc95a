package io.howdah.consensus;

import java.util.Optional;

/// What a document is: its first value, how a command changes it, and how both are written as
/// bytes. The store knows nothing else about it. An instance is used by several threads at once.
///
/// Every node applies the same commands in the same order, and must come to the same value: `apply`
/// looks at nothing but its arguments (no clock, no random number, no disk, no iteration over a
/// hash map whose order could differ).
///
/// @param <S> the document: an immutable value
/// @param <C> a command: an immutable value
public interface DocumentType<S, C> {

    /// The document before the first command.
    S initial();

    /// The document after `command`, or the reason why it changed nothing. Pure. Never throws for a
    /// command that [#decodeCommand] can return: such an exception would stop every node at the
    /// same place, so the store turns it into a refusal.
    Transition<S> apply(S state, C command);

    /// Why this command must not be put into the log at present, as far as this node has seen: the
    /// others may not all understand it. A fact and a HINT; empty when there is nothing against it.
    default Optional<String> objection(S seen, C command) {
        return Optional.empty();
    }

    /// The document as bytes; `decodeState` reads them, also after an upgrade.
    byte[] encodeState(S state);

    /// The opposite of `encodeState`.
    ///
    /// @throws NewerVersionException if a later version wrote it and uses what this one does not
    ///   know
    /// @throws RuntimeException if the bytes are not a document
    S decodeState(byte[] bytes);

    /// The command as bytes; `decodeCommand` reads them, also after an upgrade.
    byte[] encodeCommand(C command);

    /// The opposite of `encodeCommand`.
    ///
    /// @throws NewerVersionException if a later version wrote it: this node's store then stops at
    ///   that place of the log, says so, and goes on from there after an upgrade
    /// @throws RuntimeException if the bytes are not a command: it then counts as refused
    C decodeCommand(byte[] bytes);
}
