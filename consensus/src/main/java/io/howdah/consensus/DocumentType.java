package io.howdah.consensus;

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

    /// The document as bytes; `decodeState` reads them, also after an upgrade.
    byte[] encodeState(S state);

    /// The opposite of `encodeState`.
    ///
    /// @throws RuntimeException if the bytes are not a document
    S decodeState(byte[] bytes);

    /// The command as bytes; `decodeCommand` reads them, also after an upgrade.
    byte[] encodeCommand(C command);

    /// The opposite of `encodeCommand`.
    ///
    /// @throws RuntimeException if the bytes are not a command: it then counts as refused
    C decodeCommand(byte[] bytes);
}
