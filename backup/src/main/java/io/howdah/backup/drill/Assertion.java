package io.howdah.backup.drill;

/// Something that has to be true of a restored copy. Immutable.
///
/// @param database where it is asked
/// @param query one statement whose only row begins with `true`
public record Assertion(String database, String query) {}
