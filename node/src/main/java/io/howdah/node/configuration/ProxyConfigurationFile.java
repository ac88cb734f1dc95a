package io.howdah.node.configuration;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.SettingException;
import io.howdah.proxy.settings.Timeouts;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `proxy.yaml`, what `howdah proxy` is told.
public final class ProxyConfigurationFile {

    private static final String EXAMPLE = "docs/proxy.yaml.example";

    private static final int POSTGRES_PORT = 5432;

    private static final Pattern LISTEN =
            Pattern.compile("(?:\\[([^]]+)]|([^:\\[\\]]+)):([0-9]{1,5})");

    private static final List<String> POOL_KEYS =
            List.of("mode", "pool-size", "min-pool-size", "reserve-size", "reserve-wait");

    private ProxyConfigurationFile() {}

    /// Reads the file and checks everything that can be checked before the proxy is started.
    ///
    /// @throws ConfigurationException with the place and a hint, whatever is wrong
    public static ProxySettings read(Path file) {
        return parse(file, ConfigurationText.read(file, EXAMPLE));
    }

    static ProxySettings parse(Path file, String text) {
        Section root =
                Section.root(file, EXAMPLE, YamlText.parse(file.toString(), EXAMPLE, text))
                        .allow(
                                List.of(
                                        "listen",
                                        "auth",
                                        "access",
                                        "auth-file",
                                        "lookup",
                                        "tls",
                                        "max-clients",
                                        "drain",
                                        "timeouts",
                                        "pool",
                                        "databases"));
        InetSocketAddress listen = root.parsed("listen", ProxyConfigurationFile::address);
        Admission admission = AdmissionSection.read(root);
        int clients = root.number("max-clients", 1_000);
        Duration drain = duration(root, "drain", Duration.ofSeconds(30));
        Timeouts timeouts =
                root.optionalSection("timeouts")
                        .map(ProxyConfigurationFile::timeouts)
                        .orElse(Timeouts.DEFAULT);
        PoolSettings pool =
                root.optionalSection("pool")
                        .map(section -> pool(section, PoolSettings.DEFAULT))
                        .orElse(PoolSettings.DEFAULT);
        Map<String, DatabaseSettings> databases = databases(root.section("databases"), pool);
        return build(
                root,
                () -> new ProxySettings(listen, admission, clients, drain, timeouts, databases));
    }

    private static InetSocketAddress address(String text) {
        Matcher parts = LISTEN.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65_535) {
            throw new IllegalArgumentException(
                    "'" + text + "', not an address and a port such as 127.0.0.1:6432");
        }
        String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
        return new InetSocketAddress(host, Integer.parseInt(parts.group(3)));
    }

    private static Timeouts timeouts(Section section) {
        section.allow(
                List.of(
                        "query-wait",
                        "idle-in-transaction",
                        "client-idle",
                        "client-login",
                        "server-connect",
                        "server-lifetime",
                        "server-idle"));
        Timeouts defaults = Timeouts.DEFAULT;
        return build(
                section,
                () ->
                        new Timeouts(
                                duration(section, "query-wait", defaults.queryWait()),
                                duration(
                                        section,
                                        "idle-in-transaction",
                                        defaults.idleInTransaction()),
                                duration(section, "client-idle", defaults.clientIdle()),
                                duration(section, "client-login", defaults.clientLogin()),
                                duration(section, "server-connect", defaults.serverConnect()),
                                duration(section, "server-lifetime", defaults.serverLifetime()),
                                duration(section, "server-idle", defaults.serverIdle())));
    }

    private static Map<String, DatabaseSettings> databases(Section section, PoolSettings pool) {
        Map<String, DatabaseSettings> databases = new LinkedHashMap<>();
        for (String name : section.keys()) {
            databases.put(name, database(name, section.section(name), pool));
        }
        return databases;
    }

    private static DatabaseSettings database(String name, Section section, PoolSettings otherwise) {
        section.allow(
                List.of("host", "socket-directory", "port", "tls", "database", "pool", "users"));
        ServerAddress server = server(section);
        ServerTlsSettings tls =
                section.optionalSection("tls")
                        .map(ServerTlsSection::read)
                        .orElse(ServerTlsSettings.DEFAULT);
        String database = section.has("database") ? section.text("database") : name;
        PoolSettings pool =
                section.optionalSection("pool")
                        .map(inner -> pool(inner, otherwise))
                        .orElse(otherwise);
        Map<String, PoolSettings> users = new LinkedHashMap<>();
        section.optionalSection("users")
                .ifPresent(inner ->
                        inner.keys()
                                .forEach(user -> users.put(user, pool(inner.section(user), pool))));
        return build(section, () -> new DatabaseSettings(server, tls, database, pool, users));
    }

    private static ServerAddress server(Section section) {
        int port = section.number("port", POSTGRES_PORT);
        if (section.has("host") == section.has("socket-directory")) {
            return section.build(() -> {
                throw new InvalidValueException(
                        "host", "or socket-directory is needed, and only one of them");
            });
        }
        if (port < 1 || port > 65_535) {
            return section.build(() -> {
                throw new InvalidValueException("port", "is " + port + ", not between 1 and 65535");
            });
        }
        return section.has("host")
                ? new ServerAddress.Tcp(section.text("host"), port)
                : new ServerAddress.UnixSocket(section.path("socket-directory"), port);
    }

    private static PoolSettings pool(Section section, PoolSettings otherwise) {
        section.allow(POOL_KEYS);
        PoolMode mode =
                section.has("mode")
                        ? section.parsed("mode", ProxyConfigurationFile::mode)
                        : otherwise.mode();
        int size = section.number("pool-size", otherwise.poolSize());
        int minimum = section.number("min-pool-size", otherwise.minimumPoolSize());
        int reserve = section.number("reserve-size", otherwise.reserveSize());
        Duration wait = duration(section, "reserve-wait", otherwise.reserveWait());
        return build(section, () -> new PoolSettings(mode, size, minimum, reserve, wait));
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
