package io.howdah.proxy.settings;

import io.howdah.postgres.wire.Secret;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How the proxy asks a server for the verifier of a role's password. Immutable.
///
/// @param user the role that asks; it should be able to do nothing else
/// @param password its own; null where the server asks for none
/// @param database in which it asks
/// @param query takes the role's name as `$1`; the last column of its one row is the verifier
/// @param cache for how long an answer is believed, zero to one minute
public record LookupSettings(
        String user, @Nullable Secret password, String database, String query, Duration cache) {

    /// The function that Howdah's own clusters have.
    public static final String DEFAULT_QUERY = "select howdah.scram_verifier($1)";

    /// The role that Howdah's own clusters have for it.
    public static final String DEFAULT_USER = "howdah_lookup";

    /// A password that was changed, and a role that may log in no more, are noticed after that.
    public static final Duration DEFAULT_CACHE = Duration.ofSeconds(1);

    private static final Duration LONGEST_CACHE = Duration.ofMinutes(1);

    /// @throws SettingException when a value cannot be
    public LookupSettings {
        SettingException.requireName("user", user);
        SettingException.requireName("database", database);
        if (!query.contains("$1")) {
            throw new SettingException("query", "does not ask for $1, the role's name");
        }
        if (cache.isNegative() || cache.compareTo(LONGEST_CACHE) > 0) {
            throw new SettingException("cache", "is " + cache.toMillis() + "ms, not 0s to 1m");
        }
    }
}
