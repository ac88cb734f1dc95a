package io.howdah.node.configuration;

import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.Timeouts;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The proxy beside a node: what an operator may decide about it. The rest follows from the node.
/// Immutable.
///
/// @param listen where clients connect: an address of this host and a port
/// @param access who may connect from where, as in proxy.yaml; null: as the cluster's
///   postgres.access has it
/// @param tls how connections of clients are encrypted, as in proxy.yaml; without it clients may
///   encrypt, by the node's own certificate
/// @param maxClients client connections at a time, 1 to 1000000
/// @param eventLoops threads that clients are served on, 1 to 64, as in proxy.yaml
/// @param statementMemory room for what clients have prepared, in the whole process, 1MB to 16GB,
///   as in proxy.yaml
/// @param applicationNameAddHost whether PostgreSQL is shown a client's address and port behind its
///   `application_name`, as in proxy.yaml
/// @param drain how long transactions may take to end when the node stops; 0s to 30s
/// @param timeouts how long anything may take, as in proxy.yaml
/// @param pool how the server connections of each database and user are shared, as in proxy.yaml
/// @param perDatabase what each database may have over all its pools, as in proxy.yaml
/// @param perUser what each user may have over all databases, as in proxy.yaml
/// @param users the same for users that are named
/// @param databases what is different for some databases: `database`, `pool`, `max-connections`,
///   `max-clients`, `users`, as in proxy.yaml; all others are there by their own names
public record ProxyConfiguration(
        InetSocketAddress listen,
        @Nullable List<String> access,
        @Nullable ClientTlsSettings tls,
        int maxClients,
        int eventLoops,
        DataSize statementMemory,
        boolean applicationNameAddHost,
        Duration drain,
        Timeouts timeouts,
        PoolSettings pool,
        Allowance perDatabase,
        Allowance perUser,
        Map<String, Allowance> users,
        Map<String, Database> databases) {

    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(30);

    /// One database that clients may ask for.
    ///
    /// @param database its name in the cluster
    /// @param allowance what all its users may have together
    /// @param pool how its connections are shared
    /// @param users the same for users that have settings of their own
    public record Database(
            String database,
            Allowance allowance,
            PoolSettings pool,
            Map<String, PoolSettings> users) {
        public Database {
            users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
        }
    }

    /// @throws InvalidValueException when the drain would hold up the end of the node
    /// @throws io.howdah.proxy.settings.SettingException when the statements' room is out of range
    public ProxyConfiguration {
        access = access == null ? null : List.copyOf(access);
        if (drain.compareTo(LONGEST_DRAIN) > 0) {
            throw new InvalidValueException(
                    "drain",
                    "is "
                            + DurationText.write(drain)
                            + ", longer than 30s: PostgreSQL is stopped only after it");
        }
        ProxySettings.requireStatementMemory(statementMemory.bytes());
        users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
        databases = Collections.unmodifiableMap(new LinkedHashMap<>(databases));
    }
}
