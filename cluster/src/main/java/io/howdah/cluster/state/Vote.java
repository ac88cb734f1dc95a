package io.howdah.cluster.state;

/// A member's promise never again to help an earlier epoch, with how far its WAL reaches.
/// Immutable.
///
/// @param incarnation which data directory gave it
/// @param position the end of its flushed WAL after the cut
/// @param uncertain whether somebody ran a primary in that directory, and it is not known from
///   where on its WAL is that one's: it counts for nothing, and only an operator can choose it
public record Vote(Incarnation incarnation, Position position, boolean uncertain) {

    /// A vote that counts.
    public Vote(Incarnation incarnation, Position position) {
        this(incarnation, position, false);
    }

    /// Whether it is the vote of this data directory, and counts.
    public boolean counts(Incarnation directory) {
        return !uncertain && incarnation.equals(directory);
    }
}
