package io.howdah.node.configuration;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// What the first node makes in a new cluster besides PostgreSQL's own; ignored afterwards.
/// Immutable.
///
/// @param database its name, 1 to 63 bytes
/// @param owner the role that owns it and may log in, 1 to 63 bytes
/// @param ownerPasswordFile holds the owner's password
public record Bootstrap(String database, String owner, Path ownerPasswordFile) {

    /// @throws IllegalArgumentException when a name cannot be one in PostgreSQL, or is one of its
    ///   own
    public Bootstrap {
        requireName("database", database);
        requireName("owner", owner);
        if (database.equals("postgres") || database.startsWith("template")) {
            throw new InvalidValueException(
                    "database", "is '" + database + "', which PostgreSQL makes itself");
        }
        if (owner.equals("postgres")
                || owner.equals("public")
                || owner.equals("none")
                || owner.startsWith("pg_")
                || owner.startsWith("howdah_")) {
            throw new InvalidValueException("owner", "is '" + owner + "', which is reserved");
        }
    }

    private static void requireName(String key, String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > 63 || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException(key, "is '" + name + "', not a name of 1 to 63 bytes");
        }
    }
}
