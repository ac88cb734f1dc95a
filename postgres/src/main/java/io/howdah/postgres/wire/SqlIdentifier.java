package io.howdah.postgres.wire;

import java.nio.charset.StandardCharsets;

/// The name of something in a database (a role, a table, a slot), which quotes itself. Immutable.
///
/// @param name the name as the catalog holds it, 1 to 63 bytes in UTF-8; case counts
public record SqlIdentifier(String name) {

    /// PostgreSQL silently cuts longer names, so that two of them could become one.
    private static final int LONGEST_BYTES = 63;

    /// @throws IllegalArgumentException when the name is empty, too long, or holds a zero character
    public SqlIdentifier {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > LONGEST_BYTES || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "not a name for PostgreSQL: '"
                            + name
                            + "' (expected 1 to "
                            + LONGEST_BYTES
                            + " bytes, none of them zero)");
        }
    }

    /// The name between double quotes, for use in SQL and in replication commands.
    public String quoted() {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /// As `quoted`, so that a statement built from text comes out right.
    @Override
    public String toString() {
        return quoted();
    }
}
