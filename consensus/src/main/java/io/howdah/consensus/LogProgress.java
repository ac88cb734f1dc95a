package io.howdah.consensus;

/// How far a node is in the log that the group agreed on. Immutable.
///
/// @param appliedIndex the last position that it has applied, whatever stands there; 0 before the
///   first
/// @param committedIndex the last position that it knows to be agreed on
/// @param appliedAtMillis wall clock when it applied a command last; 0 before the first
public record LogProgress(long appliedIndex, long committedIndex, long appliedAtMillis) {

    /// Positions that are agreed on and not applied here yet.
    public long lag() {
        return Math.max(0, committedIndex - appliedIndex);
    }
}
