package io.howdah.consensus;

/// A document at a moment of its history. Immutable.
///
/// @param index the log position of the last applied command, refused ones included; 0 before the
///   first. It grows with every command, not always by one, and names the same moment on every
///   node.
/// @param state the document
public record Versioned<S>(long index, S state) {

    /// @throws IllegalArgumentException if the index is negative
    public Versioned {
        if (index < 0) {
            throw new IllegalArgumentException("not a log position: " + index);
        }
    }
}
