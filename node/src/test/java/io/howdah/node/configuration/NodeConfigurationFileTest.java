package io.howdah.node.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.node.authority.KeyFiles;
import io.howdah.postgres.SystemId;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.Timeouts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class NodeConfigurationFileTest {

    private static final Path EXAMPLE = Path.of("..", "docs", "howdah.yaml.example");

    private static final Path FILE = Path.of("/etc/howdah/howdah.yaml");

    private static final String SMALL =
            """
            cluster: demo
            node: n1
            directory: data
            nodes:
              n1: {host: 10.0.0.1, postgres-port: 5432, api-port: 8008, consensus-port: 8009}
              n2: {host: 10.0.0.2, postgres-port: 5432, api-port: 8008, consensus-port: 8009}
            postgres:
              replication-password-file: secrets/replication
              rewind-password-file: secrets/rewind
            """;

    @TempDir private Path folder;

    @BeforeEach
    void secrets() throws IOException {
        Files.createDirectory(folder.resolve("secrets"));
        for (String name : List.of("replication", "rewind", "app")) {
            Path file = folder.resolve("secrets").resolve(name);
            Files.writeString(file, "secret-" + name + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void exampleInTheDocumentationIsReadAsItSays() throws IOException {
        Path file = Files.copy(EXAMPLE, folder.resolve("howdah.yaml"));
        assertThat(NodeConfigurationFile.read(file))
                .isEqualTo(
                        new NodeConfiguration(
                                "demo",
                                "n1",
                                Path.of("/var/lib/howdah/n1"),
                                Duration.ofSeconds(2),
                                Durability.AVAILABLE,
                                new SynchronousStandbys.Auto(),
                                Map.of(
                                        "n1", new NodeAddress("127.0.0.1", 6521, 6531, 6541, false),
                                        "n2", new NodeAddress("127.0.0.1", 6522, 6532, 6542, false),
                                        "n3", new NodeAddress("127.0.0.1", null, 6533, 6543, true)),
                                new Tags(false, 1, "a"),
                                new PostgresConfiguration(
                                        new Installation.Auto(),
                                        Path.of("/var/lib/howdah/n1/postgres/data"),
                                        null,
                                        1,
                                        Map.of(
                                                "max_connections",
                                                "200",
                                                "log_min_duration_statement",
                                                "1s"),
                                        List.of("host all all 127.0.0.1/32 scram-sha-256"),
                                        folder.resolve("secrets/replication"),
                                        folder.resolve("secrets/rewind"),
                                        new DataSize(128 << 20),
                                        new Bootstrap("app", "app", folder.resolve("secrets/app"))),
                                KeyFiles.in(folder.resolve("secrets"), true),
                                new ApiAccess(false, folder.resolve("secrets/tokens")),
                                new Callbacks(List.of("/usr/local/bin/move-address", "eth0")),
                                Watchdog.OFF,
                                new ProxyConfiguration(
                                        new InetSocketAddress("127.0.0.1", 6501),
                                        List.of("host all all 127.0.0.1/32 scram-sha-256"),
                                        new ClientTlsSettings(
                                                false,
                                                folder.resolve("secrets/node.crt"),
                                                folder.resolve("secrets/node.key"),
                                                null),
                                        1000,
                                        1,
                                        new DataSize(64 << 20),
                                        false,
                                        Duration.ofSeconds(5),
                                        Timeouts.DEFAULT,
                                        PoolSettings.DEFAULT,
                                        Allowance.UNBOUNDED,
                                        Allowance.UNBOUNDED,
                                        Map.of("report", new Allowance(5, 0)),
                                        Map.of(
                                                "reports",
                                                new ProxyConfiguration.Database(
                                                        "app",
                                                        Allowance.UNBOUNDED,
                                                        new PoolSettings(
                                                                PoolMode.SESSION,
                                                                5,
                                                                0,
                                                                0,
                                                                Duration.ofSeconds(5),
                                                                200),
                                                        Map.of()))),
                                new BackupConfiguration(
                                        List.of("/var/backups/demo"),
                                        WalConfiguration.DEFAULT,
                                        true,
                                        CloneFrom.MEMBERS,
                                        new TakeConfiguration(
                                                Duration.ofDays(1),
                                                LocalTime.of(3, 30),
                                                2,
                                                DataSize.parse("50MB"),
                                                3),
                                        new VerifyConfiguration(
                                                Duration.ofDays(30), LocalTime.of(5, 0), 2),
                                        new DrillConfiguration(
                                                Duration.ofDays(7),
                                                LocalTime.of(4, 30),
                                                Path.of("/srv/drills"),
                                                Duration.ofHours(1),
                                                Duration.ofSeconds(5),
                                                Map.of(
                                                        "app",
                                                        List.of(
                                                                "select count(*) > 0 from pg_class"))),
                                        Path.of("/etc/howdah/repository.key"),
                                        List.of(),
                                        new KeepConfiguration(
                                                2,
                                                Duration.ofDays(14),
                                                0,
                                                8,
                                                12,
                                                Duration.ofDays(35)))));
    }

    @Test
    void backupNeedsARepositoryThatEveryNodeFindsAndNothingElse() {
        BackupConfiguration backup =
                Objects.requireNonNull(parse("backup: {repositories: [/a, 'file:///b']}").backup());
        assertThat(backup.repositories()).containsExactly("/a", "file:///b");
        assertThat(backup.wal().flush()).isEqualTo(Duration.ofSeconds(1));
        assertThat(
                        Objects.requireNonNull(
                                        parse("backup: {repositories: [/a], wal: {flush: 250ms}}")
                                                .backup())
                                .wal()
                                .flush())
                .isEqualTo(Duration.ofMillis(250));
        assertThat(backup.wal().atLimit()).isEqualTo(ArchiveLimit.DROP_AND_MARK_GAP);
        assertThat(
                        Objects.requireNonNull(
                                        parse(
                                                        "backup: {repositories: [/a], wal: {at-limit: stop-writes}}")
                                                .backup())
                                .wal())
                .isEqualTo(new WalConfiguration(Duration.ofSeconds(1), ArchiveLimit.STOP_WRITES));
        assertThat(backup.marker()).isTrue();
        assertThat(
                        Objects.requireNonNull(
                                        parse("backup: {repositories: [/a], marker: false}")
                                                .backup())
                                .marker())
                .isFalse();
        assertThat(backup.keep()).isNull();
        assertThat(
                        Objects.requireNonNull(
                                        parse("backup: {repositories: [/a], keep: {daily: 7}}")
                                                .backup())
                                .keep())
                .isEqualTo(new KeepConfiguration(0, Duration.ZERO, 7, 0, 0, null));
        assertThat(
                        Objects.requireNonNull(
                                        parse(
                                                        "backup: {repositories: [/a], clone-from: repository}")
                                                .backup())
                                .cloneFrom())
                .isEqualTo(CloneFrom.REPOSITORY);
        assertThat(parse("").backup()).isNull();
        for (String refused :
                List.of(
                        "backup: {}",
                        "backup: {repositories: []}",
                        "backup: {repositories: [/a, /a]}",
                        "backup: {repositories: [a]}",
                        "backup: {repositories: ['ftp://a']}",
                        "backup: {repositories: [/a], drill: {every: 1d}}",
                        "backup: {repositories: [/a], drill: {every: 1s, directory: /d}}",
                        "backup: {repositories: [/a], drill: {every: 1d, directory: /d, rto: 0s}}",
                        "backup: {repositories: [/a], take: {}}",
                        "backup: {repositories: [/a], take: {every: 1s}}",
                        "backup: {repositories: [/a], take: {every: 1d, at: 3}}",
                        "backup: {repositories: [/a], take: {every: 1d, at: '24:00'}}",
                        "backup: {repositories: [/a], take: {every: 1d, workers: 0}}",
                        "backup: {repositories: [/a], take: {every: 1d, level: 20}}",
                        "backup: {repositories: [/a], verify: {at: '03:00'}}",
                        "backup: {repositories: [/a], verify: {every: 1d, workers: 65}}",
                        "backup: {repositories: [/a], clone-from: n1}",
                        "backup: {repositories: [/a], wall: {}}",
                        "backup: {repositories: [/a], keep: {}}",
                        "backup: {repositories: [/a], key-file: /k, key-command: [/bin/k]}",
                        "backup: {repositories: [/a], keep: {last: -1}}",
                        "backup: {repositories: [/a], keep: {for: ever}}",
                        "backup: {repositories: [/a], keep: {wal-for: 1d}}",
                        "backup: {repositories: [/a], wal: {flush: 1ms}}",
                        "backup: {repositories: [/a], wal: {at-limit: explode}}",
                        "backup: {repositories: [/a], wal: {flush: soon}}")) {
            assertThatThrownBy(() -> parse(refused))
                    .as(refused)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("HINT: ");
        }
    }

    private static NodeConfiguration parse(String section) {
        return NodeConfigurationFile.parse(FILE, SMALL + section + "\n");
    }

    @Test
    void proxyNeedsNoMoreThanWhereItListens() {
        ProxyConfiguration proxy =
                Objects.requireNonNull(
                        NodeConfigurationFile.parse(
                                        FILE, SMALL + "proxy: {listen: '127.0.0.1:6432'}\n")
                                .proxy());
        assertThat(proxy.access()).isNull();
        assertThat(proxy.tls()).isNull();
        assertThat(proxy.databases()).isEmpty();
        assertThat(NodeConfigurationFile.parse(FILE, SMALL).proxy()).isNull();
    }

    @Test
    void proxyThatCannotBeIsRefused() {
        assertThatThrownBy(() ->
                        NodeConfigurationFile.parse(
                                FILE, SMALL + "proxy: {listen: '10.0.0.1:5432'}\n"))
                .hasMessageContaining("proxy listens on port 5432");
        assertThatThrownBy(() ->
                        NodeConfigurationFile.parse(
                                FILE, SMALL + "proxy: {listen: '127.0.0.1:6432', drain: 1m}\n"))
                .hasMessageContaining("proxy.drain is 60s, longer than 30s");
        assertThatThrownBy(() ->
                        NodeConfigurationFile.parse(
                                FILE,
                                SMALL.replaceFirst("postgres-port: 5432", "witness: true")
                                        + "proxy: {listen: '127.0.0.1:6432'}\n"))
                .hasMessageContaining("a witness");
    }

    @Test
    void withTlsTheApiIsEncrypted() {
        NodeConfiguration configuration =
                NodeConfigurationFile.parse(
                        FILE,
                        SMALL
                                + """
                                tls:
                                  authority: secrets/authority.crt
                                  certificate: secrets/node.crt
                                  key: secrets/node.key
                                """);
        assertThat(configuration.tls())
                .isEqualTo(KeyFiles.in(Path.of("/etc/howdah/secrets"), false));
        assertThat(configuration.apiUrl(configuration.self())).isEqualTo("https://10.0.0.1:8008");
        assertThat(NodeConfigurationFile.parse(FILE, SMALL).tls()).isNull();
        assertThat(NodeConfigurationFile.parse(FILE, SMALL).api()).isEqualTo(ApiAccess.DEFAULT);
    }

    @Test
    void aCallbackIsNamedByAnAbsolutePath() {
        assertThat(NodeConfigurationFile.parse(FILE, SMALL).callbacks()).isEqualTo(Callbacks.NONE);
        assertThatThrownBy(() ->
                        NodeConfigurationFile.parse(
                                FILE, SMALL + "callbacks: {on-role-change: [move-address]}\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("absolute path");
    }

    @Test
    void whatIsNotSaidHasDefaults() {
        NodeConfiguration configuration = NodeConfigurationFile.parse(FILE, SMALL);
        assertThat(configuration.lease()).isEqualTo(Duration.ofSeconds(2));
        assertThat(configuration.durability()).isEqualTo(Durability.AVAILABLE);
        assertThat(configuration.synchronousStandbys()).isEqualTo(new SynchronousStandbys.Auto());
        assertThat(configuration.tags()).isEqualTo(Tags.NONE);
        assertThat(configuration.watchdog()).isEqualTo(Watchdog.OFF);
        assertThat(configuration.directory()).isEqualTo(Path.of("/etc/howdah/data"));
        assertThat(configuration.apiUrl(configuration.self())).isEqualTo("http://10.0.0.1:8008");
        PostgresConfiguration postgres = Objects.requireNonNull(configuration.postgres());
        assertThat(postgres.installation()).isEqualTo(new Installation.Auto());
        assertThat(postgres.bootstrap()).isNull();
        assertThat(postgres.access()).isEmpty();
        assertThat(postgres.rewindPasswordFile()).isEqualTo(Path.of("/etc/howdah/secrets/rewind"));
    }

    @Test
    void everyChoiceCanBeMade() {
        NodeConfiguration configuration =
                NodeConfigurationFile.parse(
                        FILE,
                        SMALL.replace(
                                        "nodes:\n",
                                        """
                                        lease: 1500ms
                                        durability: strict
                                        synchronous-standbys: 1
                                        tags: {nofailover: true, failover-priority: 7, noloadbalance: true, nosync: true, clonefrom: true}
                                        nodes:
                                        """)
                                + "  installation: /usr/lib/postgresql/15/bin\n"
                                + "  parameters: {shared_buffers: 512MB, wal_compression: on,"
                                + " auto_explain.log_analyze: true, work_mem: 4096}\n");
        assertThat(configuration.lease()).isEqualTo(Duration.ofMillis(1500));
        assertThat(configuration.durability()).isEqualTo(Durability.STRICT);
        assertThat(configuration.synchronousStandbys())
                .isEqualTo(new SynchronousStandbys.Exactly(1));
        assertThat(configuration.tags()).isEqualTo(new Tags(true, 7, null, true, true, true));
        assertThat(
                        NodeConfigurationFile.parse(
                                        FILE,
                                        SMALL
                                                + "lease: 4s\nwatchdog: {mode: required, device: /dev/watchdog1}\n")
                                .watchdog())
                .isEqualTo(new Watchdog(Watchdog.Mode.REQUIRED, Path.of("/dev/watchdog1")));
        PostgresConfiguration postgres = Objects.requireNonNull(configuration.postgres());
        assertThat(postgres.installation())
                .isEqualTo(new Installation.BinDirectory(Path.of("/usr/lib/postgresql/15/bin")));
        assertThat(postgres.parameters())
                .containsExactly(
                        Map.entry("shared_buffers", "512MB"),
                        Map.entry("wal_compression", "on"),
                        Map.entry("auto_explain.log_analyze", "true"),
                        Map.entry("work_mem", "4096"));
    }

    @Test
    void witnessNeedsNoPostgres() {
        String text =
                """
                cluster: demo
                node: w
                directory: /d
                nodes:
                  n1: {host: a, postgres-port: 1, api-port: 2, consensus-port: 3}
                  n2: {host: b, postgres-port: 1, api-port: 2, consensus-port: 3}
                  w: {host: "::1", api-port: 2, consensus-port: 3, witness: true}
                """;
        NodeConfiguration configuration = NodeConfigurationFile.parse(FILE, text);
        assertThat(configuration.postgres()).isNull();
        assertThat(configuration.apiUrl(configuration.self())).isEqualTo("http://[::1]:2");
    }

    static List<Arguments> mistakes() {
        return List.of(
                // keys
                mistake(
                        "postgres:",
                        "postgers:",
                        "unknown key 'postgers' at line 7 of F; did you mean 'postgres'?\nHINT: the file takes cluster, node, directory, lease, durability, synchronous-standbys, nodes, tags, postgres, tls, api, callbacks, watchdog, proxy, backup"),
                mistake(
                        "cluster: demo",
                        "cluster: demo\nsynchronous_standbys: 1",
                        "unknown key 'synchronous_standbys' at line 2 of F; did you mean 'synchronous-standbys'?\n…"),
                mistake(
                        "cluster: demo",
                        "cluster: demo\nxyz: 1",
                        "unknown key 'xyz' at line 2 of F\n…"),
                mistake(
                        "api-port: 8008, consensus-port: 8009}\npostgres",
                        "apiport: 8008, consensus-port: 8009}\npostgres",
                        "unknown key 'nodes.n2.apiport' at line 6 of F; did you mean 'api-port'?\nHINT: 'nodes.n2' takes host, postgres-port, api-port, consensus-port, witness"),
                mistake(
                        "node: n1",
                        "node: n1\ncluster: other",
                        "key 'cluster' is given twice, at line 1 and at line 3 of F\nHINT: remove one of the two"),
                mistake(
                        "  n2:",
                        "  n1:",
                        "key 'n1' is given twice, at line 5 and at line 6 of F\n…"),
                mistake(
                        "cluster: demo\n",
                        "",
                        "required key 'cluster' is missing in F\nHINT: add it; docs/howdah.yaml.example explains every key"),
                mistake("cluster: demo", "cluster:", "required key 'cluster' is missing in F\n…"),
                mistake("node: n1\n", "", "required key 'node' is missing in F\n…"),
                mistake("directory: data\n", "", "required key 'directory' is missing in F\n…"),
                mistake("host: 10.0.0.2, ", "", "required key 'nodes.n2.host' is missing in F\n…"),
                mistake(
                        "  rewind-password-file: secrets/rewind\n",
                        "",
                        "required key 'postgres.rewind-password-file' is missing in F\n…"),
                mistake(
                        SMALL.substring(SMALL.indexOf("postgres:\n")),
                        "",
                        "postgres is missing (only a witness has none) at line 1 of F\n…"),
                // values
                mistake(
                        "cluster: demo",
                        "cluster: De mo",
                        "cluster is 'De mo', not a lower-case letter and up to 62 lower-case letters, digits, dashes and underscores at line 1 of F\nHINT: correct it there; docs/howdah.yaml.example explains every key"),
                mistake(
                        "cluster: demo",
                        "cluster: [demo]",
                        "cluster is a list, not a value at line 1 of F\n…"),
                mistake(
                        "cluster: demo",
                        "cluster: {a: b}",
                        "cluster is a section, not a value at line 1 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n9",
                        "node is 'n9', which is not one of the nodes (n1, n2) at line 2 of F\n…"),
                mistake(
                        "  n2:",
                        "  N-2:",
                        "nodes.N-2 is not a name of a lower-case letter and up to 30 lower-case letters, digits and underscores at line 6 of F\n…"),
                mistake(
                        "directory: data",
                        "directory: ''",
                        "directory is empty, not a path at line 3 of F\n…"),
                mistake(
                        "directory: data",
                        "directory: \"a\\0b\"",
                        "directory has a character that no path has at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nlease: 2",
                        "lease is '2', not a duration such as 500ms, 2s or 1m at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nlease: 90s",
                        "lease is 90s, not between 1s and 60s at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nlease: 999ms",
                        "lease is 999ms, not between 1s and 60s at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nlease: -2s",
                        "lease is '-2s', not a duration such as 500ms, 2s or 1m at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nlease: 99999999999s",
                        "lease is '99999999999s', not a duration such as 500ms, 2s or 1m at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\ndurability: best",
                        "durability is 'best', not available or strict at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nsynchronous-standbys: all",
                        "synchronous-standbys is 'all', not auto or a whole number at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nsynchronous-standbys: 0",
                        "synchronous-standbys is 0, below 1 at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nsynchronous-standbys: 2",
                        "synchronous-standbys is 2, but a primary has at most 1 other that runs PostgreSQL at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\ntags: {nofailover: maybe}",
                        "tags.nofailover is 'maybe', not true or false at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\ntags: {failover-priority: -1}",
                        "tags.failover-priority is -1, not between 0 and 1000 at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\ntags:\n  zone: \"a b\"",
                        "tags.zone is 'a b', not up to 63 letters, digits, dots, dashes and underscores at line 4 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nwatchdog: {mode: automatic}",
                        "watchdog needs a lease of 4s or more, and lease is 2s (a watchdog counts whole seconds, and may wait for a quarter of the lease) at line 3 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\nlease: 4s\nwatchdog: {mode: on}",
                        "watchdog.mode is 'on', not off, automatic or required at line 4 of F\n…"),
                mistake(
                        "node: n1",
                        "node: n1\ntags: none",
                        "tags is a value, not a section at line 3 of F\n…"),
                mistake(
                        "api-port: 8008, consensus-port: 8009}\npostgres",
                        "api-port: 0, consensus-port: 8009}\npostgres",
                        "nodes.n2.api-port is 0, not between 1 and 65535 at line 6 of F\n…"),
                mistake(
                        "api-port: 8008, consensus-port: 8009}\npostgres",
                        "api-port: web, consensus-port: 8009}\npostgres",
                        "nodes.n2.api-port is 'web', not a whole number at line 6 of F\n…"),
                mistake(
                        "api-port: 8008, consensus-port: 8009}\npostgres",
                        "api-port: 8009, consensus-port: 8009}\npostgres",
                        "nodes.n2.consensus-port is the same as another port of this node at line 6 of F\n…"),
                mistake(
                        "host: 10.0.0.2",
                        "host: 10.0.0.1",
                        "nodes has 10.0.0.1:5432 for both n1 and n2 at line 4 of F\n…"),
                mistake(
                        "host: 10.0.0.2",
                        "host: 'a b'",
                        "nodes.n2.host is 'a b', not a name or an address at line 6 of F\n…"),
                mistake(
                        "host: 10.0.0.2",
                        "witness: true, host: h",
                        "nodes.n2.postgres-port is given, but a witness runs no PostgreSQL at line 6 of F\n…"),
                mistake(
                        "host: 10.0.0.2, postgres-port: 5432",
                        "host: h",
                        "nodes.n2.postgres-port is missing (only a node with 'witness: true' has none) at line 6 of F\n…"),
                mistake(
                        "  rewind-",
                        "  memory-share: 0\n  rewind-",
                        "postgres.memory-share is 0, not between 1 and 64 at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  installation: bin\n  rewind-",
                        "postgres.installation is 'bin', not auto, embedded or the absolute path of a bin directory at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  parameters: {Max: 1}\n  rewind-",
                        "postgres.parameters has 'Max', not the lower-case name of a PostgreSQL setting at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  parameters: {a: \"x\\ny\"}\n  rewind-",
                        "postgres.parameters has a line break or a control character in 'a' at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  parameters: {a: [1]}\n  rewind-",
                        "postgres.parameters.a is a list, not a value at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  access: host all all all trust\n  rewind-",
                        "postgres.access is not a list at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  access: [host all all all trust]\n  rewind-",
                        "postgres.access has the method 'trust' in 'host all all all trust', not scram-sha-256, cert or reject at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  access: [host all all 10.0.0.0 255.0.0.0 md5]\n  rewind-",
                        "postgres.access has the method 'md5' in 'host all all 10.0.0.0 255.0.0.0 md5', not scram-sha-256, cert or reject at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  access: [\"local all all scram-sha-256\\nhost all all all trust\"]\n  rewind-",
                        "postgres.access has a line break or a control character in a line at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  access: [include other.conf]\n  rewind-",
                        "postgres.access has 'include other.conf', which does not begin with local, host or hostssl at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  access: [host all all]\n  rewind-",
                        "postgres.access has 'host all all', which is not a whole line of pg_hba.conf at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  access: [{a: b}]\n  rewind-",
                        "postgres.access has an item that is not a single value at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  bootstrap: {database: postgres, owner: a, owner-password-file: f}\n  rewind-",
                        "postgres.bootstrap.database is 'postgres', which PostgreSQL makes itself at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  bootstrap: {database: a, owner: pg_x, owner-password-file: f}\n  rewind-",
                        "postgres.bootstrap.owner is 'pg_x', which is reserved at line 9 of F\n…"),
                mistake(
                        "  rewind-",
                        "  bootstrap: {database: a, owner: b}\n  rewind-",
                        "required key 'postgres.bootstrap.owner-password-file' is missing in F\n…"),
                // YAML
                mistake(
                        SMALL,
                        "",
                        "F is empty\nHINT: begin with the complete example, docs/howdah.yaml.example"),
                mistake(SMALL, "# nothing\n", "F is empty\n…"),
                mistake(SMALL, "howdah", "F is not a list of 'key: value' lines\n…"),
                mistake(SMALL, "- a\n- b\n", "F is not a list of 'key: value' lines\n…"),
                mistake("node: n1", "node: [n1", "this is not YAML at line 3 of F: …"),
                mistake("node: n1", "node: \"n1", "this is not YAML at line …"),
                mistake(
                        "  n2:",
                        "\tn2:",
                        "this is not YAML at line 6 of F: …HINT: indent with spaces, never with tabs"),
                mistake("  n2:", "   n2:", "this is not YAML at line 6 of F: …"),
                mistake(
                        "node: n1",
                        "node: &a n1\ntags: {zone: *a}",
                        "an alias (*a) is used at line 3 of F\nHINT: write the value out"),
                mistake("node: n1", "node: !!str n1", "a tag (!…) is used at line 2 of F\n…"),
                mistake("postgres:", "---\npostgres:", "a second document begins at line …"),
                mistake(
                        "node: n1",
                        "node: " + "[".repeat(100),
                        "sections are nested deeper than 20 at line 2 of F\n…"));
    }

    private static Arguments mistake(String from, String to, String message) {
        return Arguments.of(from, to, message);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void eachMistakeIsOneErrorWithItsPlaceAndAHint(String from, String to, String message) {
        assertThat(SMALL).contains(from);
        String text = SMALL.replace(from, to);
        assertThatThrownBy(() -> NodeConfigurationFile.parse(FILE, text))
                .isInstanceOf(ConfigurationException.class)
                .satisfies(e -> {
                    String actual = String.valueOf(e.getMessage()).replace(FILE.toString(), "F");
                    String rest = actual;
                    for (String part : message.split("…", -1)) {
                        assertThat(rest).contains(part);
                        rest = rest.substring(rest.indexOf(part) + part.length());
                    }
                    assertThat(actual).startsWith(message.split("…", -1)[0]);
                    if (!message.endsWith("…") && message.indexOf('…') < 0) {
                        assertThat(rest).isEmpty();
                    }
                    assertThat(actual).containsOnlyOnce("\nHINT: ");
                    assertThat(actual.lines()).hasSize(2);
                });
    }

    @Test
    void fileThatCannotBeReadIsOneErrorWithAHint() throws IOException {
        Path missing = folder.resolve("none.yaml");
        assertThatThrownBy(() -> NodeConfigurationFile.read(missing))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        missing
                                + " does not exist\nHINT: name the file with --config;"
                                + " docs/howdah.yaml.example is a complete example");
        assertThatThrownBy(() -> NodeConfigurationFile.read(folder))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(folder + " is a directory, not a file\nHINT: ");
        Path latin = Files.write(folder.resolve("l.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe4});
        assertThatThrownBy(() -> NodeConfigurationFile.read(latin))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(latin + " is not UTF-8 text\nHINT: save it as UTF-8");
        Path huge = Files.write(folder.resolve("h.yaml"), new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> NodeConfigurationFile.read(huge))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(huge + " is longer than 1 MiB\nHINT: ");
    }

    @Test
    void byteOrderMarkIsNoMistake() throws IOException {
        Path file = Files.writeString(folder.resolve("howdah.yaml"), "\uFEFF" + SMALL);
        assertThat(NodeConfigurationFile.read(file).cluster()).isEqualTo("demo");
    }

    @Test
    void secretThatOthersMayReadIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("howdah.yaml"), SMALL);
        Path secret = folder.resolve("secrets/rewind");
        assertThat(NodeConfigurationFile.read(file).cluster()).isEqualTo("demo");
        for (String mode : List.of("rw-r-----", "rw----r--", "rw-rw-rw-", "rw--w----")) {
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString(mode));
            assertThatThrownBy(() -> NodeConfigurationFile.read(file))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            "the secret file "
                                    + secret
                                    + " may be used by others ("
                                    + mode
                                    + ")\nHINT: chmod 600 "
                                    + secret);
        }
    }

    @Test
    void secretIsReadWithoutItsLineEndAndNeverInParts() throws IOException {
        Path secret = folder.resolve("secrets/app");
        assertThat(SecretFile.read(secret)).isEqualTo("secret-app");
        Files.writeString(secret, " with spaces \r\n");
        assertThat(SecretFile.read(secret)).isEqualTo(" with spaces ");
        for (Map.Entry<String, String> wrong :
                Map.of(
                                "",
                                "is empty",
                                "\n",
                                "is empty",
                                "  \n",
                                "is empty",
                                "a\nb\n",
                                "has several lines or control characters",
                                "a\0b",
                                "has several lines or control characters",
                                "x".repeat(5000),
                                "is longer than 4 KiB")
                        .entrySet()) {
            Files.writeString(secret, wrong.getKey());
            assertThatThrownBy(() -> SecretFile.read(secret))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("the secret file " + secret + " " + wrong.getValue());
        }
        Files.write(secret, new byte[] {(byte) 0xe4});
        assertThatThrownBy(() -> SecretFile.read(secret))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is not UTF-8 text");
        Files.delete(secret);
        assertThatThrownBy(() -> SecretFile.read(secret))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("does not exist\nHINT: make it");
        Files.createDirectory(secret);
        assertThatThrownBy(() -> SecretFile.read(secret))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is not a file");
    }

    /// Whatever is done to the text, it is either taken or refused in our words.
    @Test
    void damageOfAnyKindIsAConfigurationException() throws IOException {
        String example = Files.readString(EXAMPLE);
        var failures = new ArrayList<String>();
        int refused = 0;
        for (long seed = 0; seed < 4000; seed++) {
            String text = damaged(example, new Random(seed));
            try {
                NodeConfigurationFile.parse(FILE, text);
            } catch (ConfigurationException e) {
                refused++;
                if (!String.valueOf(e.getMessage()).contains("\nHINT: ")) {
                    failures.add("seed " + seed + ": " + e.getMessage());
                }
            } catch (RuntimeException e) {
                failures.add("seed " + seed + ": " + e);
            }
        }
        assertThat(failures).isEmpty();
        assertThat(refused).isGreaterThan(1000);
    }

    @Test
    void damagedBytesAreAConfigurationException() throws IOException {
        byte[] example = Files.readString(EXAMPLE).getBytes(StandardCharsets.UTF_8);
        for (long seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            byte[] bytes = example.clone();
            for (int i = 0; i < 3; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("howdah.yaml"), bytes);
            try {
                NodeConfigurationFile.read(file);
            } catch (ConfigurationException e) {
                assertThat(e).hasMessageContaining("\nHINT: ");
            }
        }
    }

    @Test
    void databaseToAdoptIsNamedByItsIdentifierAndItsPlace() throws IOException {
        String example = Files.readString(EXAMPLE);
        PostgresConfiguration postgres =
                NodeConfigurationFile.parse(
                                FILE,
                                example.replace(
                                        "system-identifier:",
                                        "system-identifier: 7345000000000000001"))
                        .postgres();
        assertThat(Objects.requireNonNull(postgres).systemIdentifier())
                .isEqualTo(new SystemId(7345000000000000001L));
        assertThatThrownBy(() ->
                        NodeConfigurationFile.parse(
                                FILE,
                                example.replace("system-identifier:", "system-identifier: main")))
                .hasMessageContaining("postgres.system-identifier is 'main', not what select");
        assertThatThrownBy(() ->
                        NodeConfigurationFile.parse(
                                FILE, example.replace("/var/lib/howdah/n1/postgres/data", "/data")))
                .hasMessageContaining("postgres.data-directory is '/data', not an absolute path");
    }

    private static String damaged(String text, Random random) {
        String odd = "\t:{}[]\"'&*!|>%@`#,-? \n\0\u0007\u0085\uFEFF\uD800xé1~";
        var damaged = new StringBuilder(text);
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times && !damaged.isEmpty(); i++) {
            int from = random.nextInt(damaged.length());
            int to = Math.min(damaged.length(), from + random.nextInt(40));
            char one = odd.charAt(random.nextInt(odd.length()));
            switch (random.nextInt(6)) {
                case 0 -> damaged.setCharAt(from, one);
                case 1 -> damaged.insert(from, one);
                case 2 -> damaged.delete(from, to);
                case 3 -> damaged.insert(from, damaged.substring(from, to));
                case 4 -> damaged.setLength(Math.max(1, from));
                default -> damaged.insert(from, "\n" + one + damaged.substring(from, to));
            }
        }
        return damaged.toString();
    }
}
