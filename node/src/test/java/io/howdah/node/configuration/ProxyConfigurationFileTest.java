package io.howdah.node.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.Timeouts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
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

    private static DatabaseSettings app(ProxySettings settings) {
        return Objects.requireNonNull(settings.databases().get("app"));
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        ProxySettings settings = ProxyConfigurationFile.parse(FILE, SHORT);

        assertThat(settings.timeouts()).isEqualTo(Timeouts.DEFAULT);
        assertThat(settings.maximumClients()).isEqualTo(1_000);
        assertThat(app(settings).server()).isEqualTo(new ServerAddress.Tcp("127.0.0.1", 5432));
        assertThat(app(settings).database()).isEqualTo("app");
        assertThat(app(settings).poolOf("anybody")).isEqualTo(PoolSettings.DEFAULT);
    }

    @Test
    void exampleIsReadAndSaysTheDefaults() throws Exception {
        ProxySettings settings =
                ProxyConfigurationFile.parse(
                        FILE, Files.readString(Path.of("..", "docs", "proxy.yaml.example")));

        assertThat(settings.timeouts()).isEqualTo(Timeouts.DEFAULT);
        assertThat(settings.drain()).isEqualTo(Duration.ofSeconds(30));
        assertThat(app(settings).poolOf("anybody").poolSize()).isEqualTo(10);
        assertThat(app(settings).poolOf("anybody").mode()).isEqualTo(PoolMode.TRANSACTION);
        assertThat(app(settings).poolOf("report").mode()).isEqualTo(PoolMode.SESSION);
        assertThat(app(settings).poolOf("report").reserveWait()).isEqualTo(Duration.ofSeconds(5));
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
                    auth: trust              | auth: scram-sha-256     | auth is 'scram-sha-256'
                    listen: 127.0.0.1:6432   | listen: 127.0.0.1       | not an address and a port
                    listen: 127.0.0.1:6432   | listen: 127.0.0.1:70000 | not an address and a port
                    auth: trust              | poool: {}               | did you mean 'pool'?
                    {host: 127.0.0.1}        | {hots: 127.0.0.1}       | did you mean 'host'?
                    {host: 127.0.0.1}        | {port: 5432}            | host or socket-directory is needed
                    {host: 127.0.0.1}        | {host: a, port: 0}      | port is 0, not between 1 and 65535
                    {host: 127.0.0.1}        | {host: a, pool: {mode: statment}} | not session, transaction or statement
                    {host: 127.0.0.1}        | {host: a, pool: {pool-size: 0}} | pool-size is 0
                    {host: 127.0.0.1}        | {host: a, pool: {pool-size: 2, min-pool-size: 3}} | min-pool-size is 3
                    auth: trust              | timeouts: {client-login: 0s} | client-login is 0s
                    auth: trust              | max-clients: 0          | max-clients is 0
                    """)
    void whatCannotBeIsNamed(String right, String wrong, String complaint) {
        String text = SHORT.replace(right, wrong);
        String whole = text.contains("auth:") ? text : text + "auth: trust\n";

        assertThatThrownBy(() -> ProxyConfigurationFile.parse(FILE, whole))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(complaint)
                .hasMessageContaining("HINT: ");
    }
}
