package io.howdah.cluster.state;

/// A member's promise never again to help an earlier epoch, with how far its WAL reaches.
/// Immutable.
///
/// @param incarnation which data directory gave it
/// @param position the end of its flushed WAL after the cut
public record Vote(Incarnation incarnation, Position position) {}
