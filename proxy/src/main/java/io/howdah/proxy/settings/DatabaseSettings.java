package io.howdah.proxy.settings;

import io.howdah.postgres.wire.ServerAddress;
import java.util.Map;

/// One database that clients may ask for, or all that have no entry of their own. Immutable.
///
/// @param server where it is
/// @param tls how the way there is encrypted; without meaning for a local socket
/// @param database its name there; [#ANY] for whichever a client asks for
/// @param allowance what all its users may have together
/// @param pool how its connections are shared
/// @param users the same for users that have settings of their own
public record DatabaseSettings(
        ServerChoice server,
        ServerTlsSettings tls,
        String database,
        Allowance allowance,
        PoolSettings pool,
        Map<String, PoolSettings> users) {

    /// Stands for every name that is not listed.
    public static final String ANY = "*";

    /// @throws SettingException when the name is empty
    public DatabaseSettings {
        SettingException.requireName("database", database);
        users = Map.copyOf(users);
    }

    /// On a server that is always the same.
    public DatabaseSettings(
            ServerAddress server,
            ServerTlsSettings tls,
            String database,
            Allowance allowance,
            PoolSettings pool,
            Map<String, PoolSettings> users) {
        this(new ServerChoice.Fixed(server), tls, database, allowance, pool, users);
    }

    /// The same for a database that a client has asked for by name.
    public DatabaseSettings named(String asked) {
        return database.equals(ANY)
                ? new DatabaseSettings(server, tls, asked, allowance, pool, users)
                : this;
    }

    /// Whether connections of the other lead to the same place in the same way.
    public boolean isWhere(DatabaseSettings other) {
        return server.equals(other.server)
                && tls.equals(other.tls)
                && database.equals(other.database);
    }

    /// How a user's connections are shared.
    public PoolSettings poolOf(String user) {
        return users.getOrDefault(user, pool);
    }
}
