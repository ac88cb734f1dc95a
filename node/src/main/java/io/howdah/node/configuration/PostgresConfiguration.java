package io.howdah.node.configuration;

import io.howdah.postgres.SystemId;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How this node's PostgreSQL is to be. Immutable.
///
/// @param installation which PostgreSQL
/// @param dataDirectory its data directory, absolute; null: `postgres/data` below `directory`
/// @param systemIdentifier the database that the cluster is to hold, by what `select
///   system_identifier from pg_control_system()` prints in it: no node makes a new one, empty nodes
///   wait for `howdah adopt`; null: a new one
/// @param memoryShare settings are sized to the machine's memory divided by this; 1 to 64
/// @param parameters settings of `postgresql.conf` by their lower-case names, in the file's order;
///   values as text
/// @param access lines of `pg_hba.conf` for clients; the cluster's own are generated
/// @param replicationPasswordFile holds the password of the replication role
/// @param rewindPasswordFile holds the password of the role that pg_rewind uses
/// @param logSize what `postgresql.log` and its older parts may take together; 1 MB or more
/// @param bootstrap what a new cluster starts with; null: nothing of its own
public record PostgresConfiguration(
        Installation installation,
        @Nullable Path dataDirectory,
        @Nullable SystemId systemIdentifier,
        int memoryShare,
        Map<String, String> parameters,
        List<String> access,
        Path replicationPasswordFile,
        Path rewindPasswordFile,
        DataSize logSize,
        @Nullable Bootstrap bootstrap) {

    /// What the log may take when nothing is said.
    public static final DataSize LOG_SIZE = new DataSize(128 << 20);

    private static final DataSize LOG_SIZE_MINIMUM = new DataSize(1 << 20);

    private static final Pattern PARAMETER_NAME =
            Pattern.compile("[a-z_][a-z0-9_]{0,62}(\\.[a-z_][a-z0-9_]{0,62})?");

    /// @throws IllegalArgumentException when the memory share is out of range, or a parameter or an
    ///   access line could be more than one
    public PostgresConfiguration {
        if (memoryShare < 1 || memoryShare > 64) {
            throw new InvalidValueException(
                    "memory-share", "is " + memoryShare + ", not between 1 and 64");
        }
        if (dataDirectory != null
                && (!dataDirectory.isAbsolute() || dataDirectory.getNameCount() < 2)) {
            // what lies beside it is needed when it is copied anew
            throw new InvalidValueException(
                    "data-directory",
                    "is '" + dataDirectory + "', not an absolute path of two names or more");
        }
        if (logSize.bytes() < LOG_SIZE_MINIMUM.bytes()) {
            throw new InvalidValueException(
                    "log-size", "is " + logSize + ", less than " + LOG_SIZE_MINIMUM);
        }
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        parameters.forEach(PostgresConfiguration::requireParameter);
        access = List.copyOf(access);
        access.forEach(AccessLine::require);
    }

    private static void requireParameter(String name, String value) {
        if (!PARAMETER_NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "parameters",
                    "has '" + name + "', not the lower-case name of a PostgreSQL setting");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException(
                    "parameters", "has a line break or a control character in '" + name + "'");
        }
    }
}
