package io.howdah.proxy.settings;

import io.howdah.postgres.wire.ServerAddress;
import java.util.Map;

/// One database that clients may ask for. Immutable.
///
/// @param server where it is
/// @param tls how the way there is encrypted; without meaning for a local socket
/// @param database its name there
/// @param pool how its connections are shared
/// @param users the same for users that have settings of their own
public record DatabaseSettings(
        ServerAddress server,
        ServerTlsSettings tls,
        String database,
        PoolSettings pool,
        Map<String, PoolSettings> users) {

    /// @throws SettingException when the name is empty
    public DatabaseSettings {
        SettingException.requireName("database", database);
        users = Map.copyOf(users);
    }

    /// How a user's connections are shared.
    public PoolSettings poolOf(String user) {
        return users.getOrDefault(user, pool);
    }
}
