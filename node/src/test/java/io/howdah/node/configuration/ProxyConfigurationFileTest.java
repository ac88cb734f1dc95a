package io.howdah.node.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.Secret;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.LookupSettings;
import io.howdah.proxy.settings.MockSecret;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.Timeouts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyConfigurationFileTest {

    private static final Path FILE = Path.of("/etc/howdah/proxy.yaml");

    private static final String SHORT =
            """
            listen: 127.0.0.1:6432
            auth: trust
            databases:
              app: {host: 127.0.0.1}
            """;

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static DatabaseSettings app(ProxySettings settings) {
        return Objects.requireNonNull(settings.databases().get("app"));
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        ProxySettings settings = ProxyConfigurationFile.parse(FILE, SHORT).settings();

        assertThat(settings.timeouts()).isEqualTo(Timeouts.DEFAULT);
        assertThat(settings.maximumClients()).isEqualTo(1_000);
        assertThat(settings.eventLoops()).isOne();
        assertThat(settings.statementMemory()).isEqualTo(64 << 20);
        assertThat(settings.applicationNameAddHost()).isFalse();
        assertThat(app(settings).server())
                .isEqualTo(new ServerChoice.Fixed(new ServerAddress.Tcp("127.0.0.1", 5432)));
        assertThat(app(settings).database()).isEqualTo("app");
        assertThat(app(settings).poolOf("anybody")).isEqualTo(PoolSettings.DEFAULT);
    }

    @Test
    void exampleIsReadAndSaysTheDefaults() throws Exception {
        ProxySettings settings =
                ProxyConfigurationFile.parse(
                                FILE, Files.readString(Path.of("..", "docs", "proxy.yaml.example")))
                        .settings();

        assertThat(settings.timeouts()).isEqualTo(Timeouts.DEFAULT);
        assertThat(settings.drain()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.statementMemory()).isEqualTo(ProxySettings.STATEMENT_MEMORY);
        assertThat(app(settings).poolOf("anybody").poolSize()).isEqualTo(10);
        assertThat(app(settings).poolOf("anybody").mode()).isEqualTo(PoolMode.TRANSACTION);
        assertThat(app(settings).poolOf("report").mode()).isEqualTo(PoolMode.SESSION);
        assertThat(app(settings).poolOf("report").reserveWait()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void databasesWithoutAHostAreTheClusters() {
        ProxyFile file =
                ProxyConfigurationFile.parse(
                        FILE,
                        """
                        listen: 127.0.0.1:6432
                        auth: trust
                        cluster: {api: ['https://db1:6531', 'https://db2:6531'], credentials: app}
                        databases:
                          shop: {pool: {pool-size: 5}}
                          old: {host: db9}
                        """);
        assertThat(Objects.requireNonNull(file.cluster()).api()).hasSize(2);
        var databases = file.settings().databases();
        DatabaseSettings shop = Objects.requireNonNull(databases.get("shop"));
        DatabaseSettings old = Objects.requireNonNull(databases.get("old"));
        assertThat(shop.server()).isEqualTo(new ServerChoice.Primary());
        assertThat(shop.tls().mode()).isEqualTo(ServerTlsMode.VERIFY_FULL);
        assertThat(old.server()).isInstanceOf(ServerChoice.Fixed.class);
        ProxyFile all =
                ProxyConfigurationFile.parse(
                        FILE,
                        """
                        listen: 127.0.0.1:6432
                        auth: trust
                        cluster: {api: ['http://127.0.0.1:6531']}
                        """);
        assertThat(all.settings().databases().keySet()).containsExactly(DatabaseSettings.ANY);
    }

    @Test
    void clusterThatCannotBeAskedIsRefused() {
        String start = "listen: 127.0.0.1:6432\nauth: trust\n";
        assertThatThrownBy(() ->
                        ProxyConfigurationFile.parse(
                                FILE, start + "cluster: {api: ['https://db1:6531']}\n"))
                .hasMessageContaining("cluster.api has https://db1:6531, and 'credentials'");
        assertThatThrownBy(() ->
                        ProxyConfigurationFile.parse(FILE, start + "cluster: {api: ['db1']}\n"))
                .hasMessageContaining("not such as https://");
        assertThatThrownBy(() ->
                        ProxyConfigurationFile.parse(
                                FILE,
                                start
                                        + "cluster: {api: ['http://db1:6531']}\n"
                                        + "databases: {app: {host: db1}}\n"))
                .hasMessageContaining("every database has a host of its own");
    }

    @Test
    void doorThatStandsOpenIsRefused() {
        for (String address : new String[] {"0.0.0.0:6432", "'[::]:6432'", "192.0.2.1:6432"}) {
            assertThatThrownBy(() ->
                            ProxyConfigurationFile.parse(
                                    FILE, SHORT.replace("127.0.0.1:6432", address)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("listen is ")
                    .hasMessageContaining("'auth: trust' lets everybody in")
                    .hasMessageContaining("at line 1 of ")
                    .hasMessageContaining("HINT: ");
        }
    }

    @Test
    void passwordsOpenTheDoorToOtherMachines(@TempDir Path folder) throws Exception {
        Path secret = Files.createFile(folder.resolve("secret"), PRIVATE);
        Files.writeString(secret, "looks\n");
        ProxySettings settings =
                ProxyConfigurationFile.parse(
                                folder.resolve("proxy.yaml"),
                                """
                                listen: 0.0.0.0:6432
                                access:
                                  - hostssl all all 10.0.0.0/8 scram-sha-256 clientcert=verify-full
                                  - host all all 127.0.0.1/32 trust
                                lookup: {password-file: secret, cache: 5s}
                                mock-secret-file: mocks
                                application-name-add-host: true
                                tls: {mode: require, certificate: a.crt, key: a.key, client-authority: ca.crt}
                                databases:
                                  app: {host: db1, tls: {mode: verify-full, authority: ca.crt}}
                                """)
                        .settings();

        assertThat(settings.admission().lookup())
                .isEqualTo(
                        new LookupSettings(
                                "howdah_lookup",
                                Secret.of("looks"),
                                "postgres",
                                "select howdah.scram_verifier($1)",
                                Duration.ofSeconds(5)));
        assertThat(settings.applicationNameAddHost()).isTrue();
        assertThat(settings.admission().mockSecret())
                .isEqualTo(new MockSecret.InFile(folder.resolve("mocks")));
        assertThat(settings.admission().tls())
                .isEqualTo(
                        new ClientTlsSettings(
                                true,
                                folder.resolve("a.crt"),
                                folder.resolve("a.key"),
                                folder.resolve("ca.crt")));
        assertThat(app(settings).tls())
                .isEqualTo(
                        new ServerTlsSettings(
                                ServerTlsMode.VERIFY_FULL, folder.resolve("ca.crt"), null, null));
        assertThat(settings.toString()).doesNotContain("looks");
    }

    @Test
    void whatTheDocumentShowsIsRead(@TempDir Path folder) throws Exception {
        Path secret = Files.createFile(folder.resolve("lookup-password"), PRIVATE);
        Files.writeString(secret, "looks\n");
        StringBuilder whole = new StringBuilder("listen: 10.0.0.1:6432\n");
        var blocks =
                Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(Path.of("..", "docs", "proxy.md")));
        Path file = folder.resolve("proxy.yaml");
        Path list = Files.createFile(folder.resolve("userlist.txt"), PRIVATE);
        assertThat(list).exists();
        List<String> wholeFiles = new ArrayList<>();
        while (blocks.find()) {
            String block = blocks.group(1);
            if (block.startsWith("listen:")) {
                assertThat(ProxyConfigurationFile.parse(file, block).cluster()).isNotNull();
                wholeFiles.add(block);
            } else if (!block.startsWith("proxy:")) {
                whole.append(block);
            }
        }
        assertThat(wholeFiles).hasSize(1);
        // The second block is for use instead of the first one's first line.
        String text = whole.toString().replace("auth: scram-sha-256\n", "");

        ProxySettings settings = ProxyConfigurationFile.parse(file, text).settings();

        assertThat(settings.admission().rules().needCertificates()).isTrue();
        assertThat(settings.admission().lookup()).isNotNull();
        assertThat(app(settings).tls().mode()).isEqualTo(ServerTlsMode.VERIFY_FULL);
    }

    @Test
    void howClientsProveThemselvesMustBeSaid() {
        assertThatThrownBy(() ->
                        ProxyConfigurationFile.parse(FILE, SHORT.replace("auth: trust\n", "")))
                .hasMessageContaining("required key 'auth' is missing")
                .hasMessageContaining("docs/proxy.yaml.example");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    auth: trust              | auth: md5               | auth is 'md5', not scram-sha-256 or trust
                    auth: trust              | auth: scram-sha-256     | auth asks for passwords, and neither 'lookup' nor 'auth-file'
                    auth: trust              | access: [host all all 10.0.0.0/8 trust] | access cannot be followed: the line
                    auth: trust              | access: [hostssl all all all scram-sha-256]\\nauth-file: a | access has a line with hostssl
                    auth: trust              | auth: trust\\naccess: [] | auth and access are both there
                    auth: trust              | auth: trust\\ntls: {mode: prefer} | tls.mode is 'prefer', not disable, allow or require
                    auth: trust              | auth: trust\\ntls: {mode: allow, certificate: a} | required key 'tls.key' is missing
                    auth: trust              | auth: trust\\nlookup: {query: select 1} | lookup.query does not ask for $1
                    auth: trust              | auth: trust\\nlookup: {cache: 2m} | lookup.cache is 120000ms
                    {host: 127.0.0.1}        | {host: a, tls: {mode: allow}} | not disable, prefer, require
                    {host: 127.0.0.1}        | {host: a, tls: {mode: verify-full}} | tls.authority is missing
                    {host: 127.0.0.1}        | {host: a, tls: {mode: require, authority: a}} | tls.authority would not be used
                    {host: 127.0.0.1}        | {host: a, tls: {mode: require, key: a}} | tls.certificate and key go together
                    listen: 127.0.0.1:6432   | listen: 127.0.0.1       | not an address and a port
                    listen: 127.0.0.1:6432   | listen: 127.0.0.1:70000 | not an address and a port
                    auth: trust              | poool: {}               | did you mean 'pool'?
                    {host: 127.0.0.1}        | {hots: 127.0.0.1}       | did you mean 'host'?
                    {host: 127.0.0.1}        | {port: 5432}            | host or socket-directory is needed
                    {host: 127.0.0.1}        | {host: a, port: 0}      | port is 0, not between 1 and 65535
                    {host: 127.0.0.1}        | {host: a, pool: {mode: statment}} | not session, transaction or statement
                    {host: 127.0.0.1}        | {host: a, pool: {pool-size: 0}} | pool-size is 0
                    {host: 127.0.0.1}        | {host: a, pool: {pool-size: 2, min-pool-size: 3}} | min-pool-size is 3
                    {host: 127.0.0.1}        | {host: a, pool: {prepared-statements: 10001}} | prepared-statements is 10001
                    auth: trust              | timeouts: {client-login: 0s} | client-login is 0s
                    auth: trust              | peers: {2: {host: b}}   | peer-id is 0, not between 1
                    auth: trust              | peer-id: 2\\npeers: {2: {host: b}} | peers has this proxy's own number
                    auth: trust              | peers: {two: {host: b}} | peers.two is not a number of a proxy
                    auth: trust              | per-user: {max-clients: -1} | per-user.max-clients is -1
                    auth: trust              | takeover: {drain: 1m}   | required key 'takeover.socket' is missing
                    auth: trust              | max-clients: 0          | max-clients is 0
                    auth: trust              | event-loops: 65         | event-loops is 65
                    auth: trust              | statement-memory: 1000kB | statement-memory is 1024000 bytes, not between 1MB and 16GB
                    auth: trust              | statement-memory: lots  | not a size: 'lots'
                    """)
    void whatCannotBeIsNamed(String right, String wrong, String complaint) {
        String text = SHORT.replace(right, wrong.replace("\\n", "\n"));
        String whole =
                text.contains("auth:") || text.contains("access:") ? text : text + "auth: trust\n";

        assertThatThrownBy(() -> ProxyConfigurationFile.parse(FILE, whole))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(complaint)
                .hasMessageContaining("HINT: ");
    }
}
