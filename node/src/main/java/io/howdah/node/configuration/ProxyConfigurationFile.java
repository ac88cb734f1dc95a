package io.howdah.node.configuration;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.SettingException;
import io.howdah.proxy.settings.Timeouts;
import io.howdah.proxy.settings.UserAllowances;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads `proxy.yaml`, what `howdah proxy` is told.
public final class ProxyConfigurationFile {

    private static final String EXAMPLE = "docs/proxy.yaml.example";

    private static final int POSTGRES_PORT = 5432;

    private static final Pattern LISTEN =
            Pattern.compile("(?:\\[([^]]+)]|([^:\\[\\]]+)):([0-9]{1,5})");

    private static final List<String> POOL_KEYS =
            List.of(
                    "mode",
                    "pool-size",
                    "min-pool-size",
                    "reserve-size",
                    "reserve-wait",
                    "prepared-statements");

    private static final List<String> ALLOWANCE_KEYS = List.of("max-connections", "max-clients");

    private static final List<String> DATABASE_KEYS =
            List.of(
                    "host",
                    "socket-directory",
                    "port",
                    "tls",
                    "database",
                    "max-connections",
                    "max-clients",
                    "pool",
                    "users");

    private ProxyConfigurationFile() {}

    /// Reads the file and checks everything that can be checked before the proxy is started.
    ///
    /// @throws ConfigurationException with the place and a hint, whatever is wrong
    public static ProxyFile read(Path file) {
        return parse(file, ConfigurationText.read(file, EXAMPLE));
    }

    static ProxyFile parse(Path file, String text) {
        Section root =
                Section.root(file, EXAMPLE, YamlText.parse(file.toString(), EXAMPLE, text))
                        .allow(
                                List.of(
                                        "listen",
                                        "auth",
                                        "access",
                                        "auth-file",
                                        "lookup",
                                        "mock-secret-file",
                                        "tls",
                                        "max-clients",
                                        "event-loops",
                                        "statement-memory",
                                        "application-name-add-host",
                                        "drain",
                                        "timeouts",
                                        "pool",
                                        "per-database",
                                        "per-user",
                                        "users",
                                        "peer-id",
                                        "peers",
                                        "takeover",
                                        "cluster",
                                        "databases"));
        InetSocketAddress listen = root.parsed("listen", ProxyConfigurationFile::address);
        Admission admission = AdmissionSection.read(root);
        int clients = root.number("max-clients", 1_000);
        int loops = root.number("event-loops", 1);
        DataSize statements = statementMemory(root);
        boolean addHost = root.flag("application-name-add-host", false);
        Duration drain = duration(root, "drain", Duration.ofSeconds(30));
        Timeouts timeouts =
                root.optionalSection("timeouts")
                        .map(TimeoutsSection::read)
                        .orElse(Timeouts.DEFAULT);
        PoolSettings pool =
                root.optionalSection("pool")
                        .map(section -> pool(section, PoolSettings.DEFAULT))
                        .orElse(PoolSettings.DEFAULT);
        ProxyFile.@Nullable Cluster cluster =
                root.optionalSection("cluster").map(ClusterSection::read).orElse(null);
        Allowance each = allowance(root, "per-database", Allowance.UNBOUNDED);
        UserAllowances users = users(root);
        Map<String, DatabaseSettings> databases = databases(root, each, pool, cluster);
        ProxySettings settings =
                build(
                        root,
                        () ->
                                new ProxySettings(
                                        listen,
                                        admission,
                                        clients,
                                        loops,
                                        statements.bytes(),
                                        addHost,
                                        drain,
                                        timeouts,
                                        users,
                                        BesideSections.peers(root),
                                        BesideSections.takeover(root),
                                        databases));
        return root.build(() -> new ProxyFile(settings, cluster));
    }

    /// The room for what clients have prepared.
    static DataSize statementMemory(Section section) {
        return section.has("statement-memory")
                ? section.parsed("statement-memory", DataSize::parse)
                : new DataSize(ProxySettings.STATEMENT_MEMORY);
    }

    static InetSocketAddress address(String text) {
        Matcher parts = LISTEN.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65_535) {
            throw new IllegalArgumentException(
                    "'" + text + "', not an address and a port such as 127.0.0.1:6432");
        }
        String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
        return new InetSocketAddress(host, Integer.parseInt(parts.group(3)));
    }

    /// What users may have over all databases.
    static UserAllowances users(Section root) {
        Allowance each = allowance(root, "per-user", Allowance.UNBOUNDED);
        Map<String, Allowance> named = new LinkedHashMap<>();
        root.optionalSection("users")
                .ifPresent(users ->
                        users.keys()
                                .forEach(user ->
                                        named.put(
                                                user,
                                                allowance(
                                                        users.section(user).allow(ALLOWANCE_KEYS),
                                                        each))));
        return new UserAllowances(each, named);
    }

    /// A section of an allowance's own.
    static Allowance allowance(Section root, String key, Allowance otherwise) {
        return root.optionalSection(key)
                .map(section -> allowance(section.allow(ALLOWANCE_KEYS), otherwise))
                .orElse(otherwise);
    }

    /// An allowance among other keys.
    static Allowance allowance(Section section, Allowance otherwise) {
        int connections = section.number("max-connections", otherwise.connections());
        int clients = section.number("max-clients", otherwise.clients());
        return build(section, () -> new Allowance(connections, clients));
    }

    /// Where nothing is said, all that the cluster has.
    private static Map<String, DatabaseSettings> databases(
            Section root, Allowance each, PoolSettings pool, ProxyFile.@Nullable Cluster cluster) {
        Map<String, DatabaseSettings> databases = new LinkedHashMap<>();
        if (cluster != null && !root.has("databases")) {
            databases.put(
                    DatabaseSettings.ANY,
                    new DatabaseSettings(
                            new ServerChoice.Primary(),
                            ClusterSection.serverTls(cluster),
                            DatabaseSettings.ANY,
                            each,
                            pool,
                            Map.of()));
            return databases;
        }
        Section section = root.section("databases");
        for (String name : section.keys()) {
            databases.put(name, database(name, section.section(name), each, pool, cluster));
        }
        return databases;
    }

    private static DatabaseSettings database(
            String name,
            Section section,
            Allowance each,
            PoolSettings otherwise,
            ProxyFile.@Nullable Cluster cluster) {
        section.allow(DATABASE_KEYS);
        boolean clusters =
                cluster != null && !section.has("host") && !section.has("socket-directory");
        ServerChoice server =
                clusters ? new ServerChoice.Primary() : new ServerChoice.Fixed(server(section));
        if (clusters && section.has("port")) {
            return section.build(() -> {
                throw new InvalidValueException(
                        "port", "is given without a host; the cluster's nodes say their own");
            });
        }
        ServerTlsSettings tls =
                cluster != null && clusters && !section.has("tls")
                        ? ClusterSection.serverTls(cluster)
                        : tls(section);
        String database = section.has("database") ? section.text("database") : name;
        PoolSettings pool = poolIn(section, otherwise);
        Map<String, PoolSettings> users = usersIn(section, pool);
        Allowance allowance = allowance(section, each);
        return build(
                section, () -> new DatabaseSettings(server, tls, database, allowance, pool, users));
    }

    /// The section `pool` of a database.
    static PoolSettings poolIn(Section section, PoolSettings otherwise) {
        return section.optionalSection("pool")
                .map(inner -> pool(inner, otherwise))
                .orElse(otherwise);
    }

    /// The section `users` of a database.
    static Map<String, PoolSettings> usersIn(Section section, PoolSettings pool) {
        Map<String, PoolSettings> users = new LinkedHashMap<>();
        section.optionalSection("users")
                .ifPresent(inner ->
                        inner.keys()
                                .forEach(user -> users.put(user, pool(inner.section(user), pool))));
        return users;
    }

    static ServerTlsSettings tls(Section section) {
        return section.optionalSection("tls")
                .map(ServerTlsSection::read)
                .orElse(ServerTlsSettings.DEFAULT);
    }

    private static ServerAddress server(Section section) {
        int port = port(section, POSTGRES_PORT);
        if (section.has("host") == section.has("socket-directory")) {
            return section.build(() -> {
                throw new InvalidValueException(
                        "host", "or socket-directory is needed, and only one of them");
            });
        }
        return section.has("host")
                ? new ServerAddress.Tcp(section.text("host"), port)
                : new ServerAddress.UnixSocket(section.path("socket-directory"), port);
    }

    static int port(Section section, int otherwise) {
        int port = section.number("port", otherwise);
        if (port < 1 || port > 65_535) {
            return section.build(() -> {
                throw new InvalidValueException("port", "is " + port + ", not between 1 and 65535");
            });
        }
        return port;
    }

    static PoolSettings pool(Section section, PoolSettings otherwise) {
        section.allow(POOL_KEYS);
        PoolMode mode =
                section.has("mode")
                        ? section.parsed("mode", ProxyConfigurationFile::mode)
                        : otherwise.mode();
        int size = section.number("pool-size", otherwise.poolSize());
        int minimum = section.number("min-pool-size", otherwise.minimumPoolSize());
        int reserve = section.number("reserve-size", otherwise.reserveSize());
        Duration wait = duration(section, "reserve-wait", otherwise.reserveWait());
        int statements = section.number("prepared-statements", otherwise.preparedStatements());
        return build(
                section, () -> new PoolSettings(mode, size, minimum, reserve, wait, statements));
    }

    private static PoolMode mode(String text) {
        return switch (text) {
            case "session" -> PoolMode.SESSION;
            case "transaction" -> PoolMode.TRANSACTION;
            case "statement" -> PoolMode.STATEMENT;
            default ->
                    throw new IllegalArgumentException(
                            "'" + text + "', not session, transaction or statement");
        };
    }

    static Duration duration(Section section, String key, Duration otherwise) {
        return section.has(key) ? section.parsed(key, DurationText::parse) : otherwise;
    }

    static <T> T build(Section section, Supplier<T> constructor) {
        return section.build(() -> {
            try {
                return constructor.get();
            } catch (SettingException e) {
                throw new InvalidValueException(e.key(), e.problem());
            }
        });
    }
}
