package io.howdah.node.configuration;

import io.howdah.node.authority.KeyFiles;
import io.howdah.postgres.SystemId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads `howdah.yaml`.
public final class NodeConfigurationFile {

    static final String EXAMPLE = "docs/howdah.yaml.example";

    private static final List<String> ROOT_KEYS =
            List.of(
                    "cluster",
                    "node",
                    "directory",
                    "lease",
                    "durability",
                    "synchronous-standbys",
                    "nodes",
                    "tags",
                    "postgres",
                    "tls",
                    "api",
                    "callbacks",
                    "watchdog",
                    "proxy",
                    "backup");

    private NodeConfigurationFile() {}

    /// Reads the file and checks everything that can be checked before anything is started, the
    /// secret files included.
    ///
    /// @throws ConfigurationException with the place and a hint, whatever is wrong
    public static NodeConfiguration read(Path file) {
        NodeConfiguration configuration = parse(file, ConfigurationText.read(file, EXAMPLE));
        PostgresConfiguration postgres = configuration.postgres();
        if (postgres != null) {
            SecretFile.read(postgres.replicationPasswordFile());
            SecretFile.read(postgres.rewindPasswordFile());
            if (postgres.bootstrap() != null) {
                SecretFile.read(postgres.bootstrap().ownerPasswordFile());
            }
        }
        return configuration;
    }

    /// Reads the text of a file without looking at the files that it names.
    static NodeConfiguration parse(Path file, String text) {
        Section root =
                Section.root(file, EXAMPLE, YamlText.parse(file.toString(), EXAMPLE, text))
                        .allow(ROOT_KEYS);
        String cluster = root.text("cluster");
        String node = root.text("node");
        Path directory = root.path("directory");
        Duration lease =
                root.has("lease")
                        ? root.parsed("lease", DurationText::parse)
                        : Duration.ofSeconds(2);
        Durability durability =
                root.has("durability")
                        ? root.parsed("durability", NodeConfigurationFile::durability)
                        : Durability.AVAILABLE;
        SynchronousStandbys standbys =
                root.has("synchronous-standbys")
                        ? root.build(() -> standbys(root))
                        : new SynchronousStandbys.Auto();
        Map<String, NodeAddress> nodes = nodes(root.section("nodes"));
        Tags tags = root.optionalSection("tags").map(NodeConfigurationFile::tags).orElse(Tags.NONE);
        @Nullable PostgresConfiguration postgres =
                root.has("postgres") ? postgres(root.section("postgres")) : null;
        @Nullable KeyFiles tls = root.has("tls") ? tls(root.section("tls")) : null;
        ApiAccess api =
                root.optionalSection("api")
                        .map(NodeConfigurationFile::api)
                        .orElse(ApiAccess.DEFAULT);
        Callbacks callbacks =
                root.optionalSection("callbacks")
                        .map(NodeConfigurationFile::callbacks)
                        .orElse(Callbacks.NONE);
        Watchdog watchdog =
                root.optionalSection("watchdog")
                        .map(NodeConfigurationFile::watchdog)
                        .orElse(Watchdog.OFF);
        @Nullable ProxyConfiguration proxy =
                root.has("proxy") ? ProxySection.read(root.section("proxy")) : null;
        @Nullable BackupConfiguration backup =
                root.has("backup") ? BackupConfiguration.read(root.section("backup")) : null;
        return root.build(() ->
                new NodeConfiguration(
                        cluster,
                        node,
                        directory,
                        lease,
                        durability,
                        standbys,
                        nodes,
                        tags,
                        postgres,
                        tls,
                        api,
                        callbacks,
                        watchdog,
                        proxy,
                        backup));
    }

    private static Durability durability(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "available" -> Durability.AVAILABLE;
            case "strict" -> Durability.STRICT;
            default ->
                    throw new IllegalArgumentException("'" + text + "', not available or strict");
        };
    }

    private static SynchronousStandbys standbys(Section root) {
        String key = "synchronous-standbys";
        String text = root.text(key);
        if (text.equals("auto")) {
            return new SynchronousStandbys.Auto();
        }
        if (!text.matches("-?[0-9]{1,9}")) {
            throw new InvalidValueException(key, "is '" + text + "', not auto or a whole number");
        }
        return new SynchronousStandbys.Exactly(Integer.parseInt(text));
    }

    private static Map<String, NodeAddress> nodes(Section nodes) {
        var addresses = new LinkedHashMap<String, NodeAddress>();
        for (String name : nodes.keys()) {
            nodes.build(() -> requireName(name));
            addresses.put(name, address(nodes.section(name)));
        }
        return addresses;
    }

    private static String requireName(String name) {
        NodeConfiguration.requireName(name);
        return name;
    }

    private static NodeAddress address(Section section) {
        section.allow(List.of("host", "postgres-port", "api-port", "consensus-port", "witness"));
        String host = section.text("host");
        @Nullable Integer postgresPort =
                section.has("postgres-port")
                        ? Integer.valueOf(section.number("postgres-port"))
                        : null;
        int apiPort = section.number("api-port");
        int consensusPort = section.number("consensus-port");
        boolean witness = section.flag("witness", false);
        return section.build(
                () -> new NodeAddress(host, postgresPort, apiPort, consensusPort, witness));
    }

    private static Callbacks callbacks(Section section) {
        section.allow(List.of("on-role-change"));
        List<String> onRoleChange = section.list("on-role-change");
        return section.build(() -> new Callbacks(onRoleChange));
    }

    private static Watchdog watchdog(Section section) {
        section.allow(List.of("mode", "device"));
        return new Watchdog(
                section.has("mode")
                        ? section.parsed("mode", NodeConfigurationFile::watchdogMode)
                        : Watchdog.OFF.mode(),
                section.has("device") ? section.path("device") : Watchdog.OFF.device());
    }

    private static Watchdog.Mode watchdogMode(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "off" -> Watchdog.Mode.OFF;
            case "automatic" -> Watchdog.Mode.AUTOMATIC;
            case "required" -> Watchdog.Mode.REQUIRED;
            default ->
                    throw new IllegalArgumentException(
                            "'" + text + "', not off, automatic or required");
        };
    }

    private static Tags tags(Section section) {
        section.allow(
                List.of(
                        "nofailover",
                        "failover-priority",
                        "zone",
                        "noloadbalance",
                        "nosync",
                        "clonefrom"));
        boolean nofailover = section.flag("nofailover", false);
        int priority = section.number("failover-priority", Tags.NONE.failoverPriority());
        @Nullable String zone = section.textOrNull("zone");
        boolean noloadbalance = section.flag("noloadbalance", false);
        boolean nosync = section.flag("nosync", false);
        boolean clonefrom = section.flag("clonefrom", false);
        return section.build(
                () -> new Tags(nofailover, priority, zone, noloadbalance, nosync, clonefrom));
    }

    private static KeyFiles tls(Section section) {
        section.allow(List.of("authority", "certificate", "key", "authority-key"));
        return new KeyFiles(
                section.path("authority"),
                section.path("certificate"),
                section.path("key"),
                section.has("authority-key") ? section.path("authority-key") : null);
    }

    private static ApiAccess api(Section section) {
        section.allow(List.of("open-reads", "tokens"));
        return new ApiAccess(
                section.flag("open-reads", false),
                section.has("tokens") ? section.path("tokens") : null);
    }

    private static PostgresConfiguration postgres(Section section) {
        section.allow(
                List.of(
                        "installation",
                        "data-directory",
                        "system-identifier",
                        "memory-share",
                        "parameters",
                        "access",
                        "replication-password-file",
                        "rewind-password-file",
                        "log-size",
                        "bootstrap"));
        Installation installation =
                section.build(() -> installation(section.textOrNull("installation")));
        @Nullable Path dataDirectory =
                section.has("data-directory") ? section.path("data-directory") : null;
        @Nullable SystemId systemIdentifier =
                section.has("system-identifier")
                        ? section.parsed("system-identifier", NodeConfigurationFile::systemId)
                        : null;
        int memoryShare = section.number("memory-share", 1);
        var parameters = new LinkedHashMap<String, String>();
        section.optionalSection("parameters")
                .ifPresent(
                        inner -> inner.keys().forEach(key -> parameters.put(key, inner.text(key))));
        List<String> access = section.list("access");
        Path replication = section.path("replication-password-file");
        Path rewind = section.path("rewind-password-file");
        DataSize logSize =
                section.has("log-size")
                        ? section.parsed("log-size", DataSize::parse)
                        : PostgresConfiguration.LOG_SIZE;
        @Nullable Bootstrap bootstrap =
                section.has("bootstrap") ? bootstrap(section.section("bootstrap")) : null;
        return section.build(() ->
                new PostgresConfiguration(
                        installation,
                        dataDirectory,
                        systemIdentifier,
                        memoryShare,
                        parameters,
                        access,
                        replication,
                        rewind,
                        logSize,
                        bootstrap));
    }

    private static SystemId systemId(String text) {
        try {
            return SystemId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "', not what select system_identifier from pg_control_system() prints",
                    e);
        }
    }

    private static Installation installation(@Nullable String text) {
        return switch (text) {
            case null -> new Installation.Auto();
            case "auto" -> new Installation.Auto();
            case "embedded" -> new Installation.Embedded();
            default -> {
                if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
                    throw new InvalidValueException(
                            "installation",
                            "is '"
                                    + text
                                    + "', not auto, embedded or the absolute path of a bin"
                                    + " directory");
                }
                yield new Installation.BinDirectory(Path.of(text));
            }
        };
    }

    private static Bootstrap bootstrap(Section section) {
        section.allow(List.of("database", "owner", "owner-password-file"));
        String database = section.text("database");
        String owner = section.text("owner");
        Path password = section.path("owner-password-file");
        return section.build(() -> new Bootstrap(database, owner, password));
    }
}
