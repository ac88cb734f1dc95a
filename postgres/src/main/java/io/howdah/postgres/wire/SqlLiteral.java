package io.howdah.postgres.wire;

/// A text value that quotes itself, for the places where values cannot be bound: replication
/// commands, `ALTER ROLE … PASSWORD`, `ALTER SYSTEM`. Immutable.
///
/// @param value the text itself, without a zero character
public record SqlLiteral(String value) {

    /// @throws IllegalArgumentException when the text holds a zero character
    public SqlLiteral {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "a text for PostgreSQL cannot hold a zero character");
        }
    }

    /// The text as SQL takes it under every `standard_conforming_strings`: with a backslash in it
    /// as an `E''` constant.
    public String quoted() {
        String doubled = value.replace("'", "''");
        return value.indexOf('\\') < 0
                ? "'" + doubled + "'"
                : " E'" + doubled.replace("\\", "\\\\") + "'";
    }

    /// The text as replication commands take it: their grammar knows no escapes but the doubled
    /// quote, and a backslash is just a backslash.
    public String quotedForReplication() {
        return "'" + value.replace("'", "''") + "'";
    }

    /// As `quoted`, so that a statement built from text comes out right.
    @Override
    public String toString() {
        return quoted();
    }
}
