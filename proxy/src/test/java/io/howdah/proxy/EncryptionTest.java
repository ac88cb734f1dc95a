package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.TestTimeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// TLS on both sides of the proxy, with real clients and real servers.
class EncryptionTest {

    private static final String ONLY_TLS = "hostssl all all 127.0.0.1/32 scram-sha-256";

    private static final Certificates authority = new Certificates("authority");
    private static final Certificates stranger = new Certificates("stranger");

    @TempDir private static Path folder;

    @BeforeAll
    static void makeCertificates() {
        Secrets.write(folder.resolve("authority.crt"), authority.authority());
        Secrets.write(folder.resolve("stranger.crt"), stranger.authority());
        authority.identity("proxy").into(folder, "proxy");
        authority.identity("ann").into(folder, "ann");
        authority.expired("ann").into(folder, "expired");
        stranger.identity("ann").into(folder, "impostor");
    }

    private static Path file(String name) {
        return folder.resolve(name);
    }

    private static Admission admission(boolean required, String... rules) {
        return new Admission(
                AccessRules.of(List.of(rules)),
                null,
                LoginTest.lookup(Duration.ofSeconds(1)).lookup(),
                new ClientTlsSettings(
                        required, file("proxy.crt"), file("proxy.key"), file("authority.crt")));
    }

    private static TestPostgres encryptingPostgres(
            String choice, String access, Certificates.Identity identity) {
        return TestPostgres.start(
                choice,
                access,
                Map.of(
                        "server.crt",
                        identity.certificate(),
                        "server.key",
                        identity.key(),
                        "root.crt",
                        authority.authority()));
    }

    private static Connection connect(int port, String options) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + port + "/app?prepareThreshold=0" + options,
                "ann",
                "sesame");
    }

    private static ServerTlsSettings serverTls(ServerTlsMode mode, String trusted) {
        return new ServerTlsSettings(mode, trusted.isEmpty() ? null : file(trusted), null, null);
    }

    abstract static class OnPostgres {

        private final TestPostgres postgres;
        private final TestProxy proxy;
        private final TestProxy second;

        OnPostgres(String choice) throws Exception {
            postgres = encryptingPostgres(choice, ONLY_TLS, authority.identity("postgres"));
            LoginTest.prepare(postgres);
            var behind =
                    TestProxy.of(PoolMode.TRANSACTION, 2)
                            .with(serverTls(ServerTlsMode.VERIFY_FULL, "authority.crt"));
            proxy = behind.with(admission(true, "host all all all scram-sha-256")).to(postgres);
            second =
                    behind.with(
                                    admission(
                                            false,
                                            "hostssl all ann all scram-sha-256 clientcert=verify-full",
                                            "hostssl all bob all scram-sha-256 clientcert=verify-ca",
                                            "host all all all reject"))
                            .to(postgres);
        }

        @AfterAll
        void stop() {
            proxy.close();
            second.close();
            postgres.close();
        }

        @ParameterizedTest
        @CsvSource({
            "postgres, require",
            "direct, require",
            "postgres, prefer",
        })
        void driverComesInEncryptedAndBound(String negotiation, String binding) throws Exception {
            try (Connection client =
                    connect(
                            proxy.port(),
                            "&sslmode=verify-full&sslrootcert="
                                    + file("authority.crt")
                                    + "&sslNegotiation="
                                    + negotiation
                                    + "&channelBinding="
                                    + binding)) {
                assertThat(LoginTest.value(client, "select current_user")).isEqualTo("ann");
                assertThat(
                                LoginTest.value(
                                        client,
                                        "select ssl from pg_stat_ssl where pid = pg_backend_pid()"))
                        .isEqualTo("t");
                assertThat(LoginTest.value(client, "select length(repeat('x', 3000000))"))
                        .isEqualTo("3000000");
            }
        }

        @Test
        void whoDoesNotEncryptIsRefusedAndWhoTrustsAnotherAuthorityGoesAway() {
            assertThatThrownBy(() -> connect(proxy.port(), "&sslmode=disable"))
                    .hasMessageContaining("the connection is not encrypted")
                    .hasMessageContaining("sslmode=require");
            assertThatThrownBy(() ->
                            connect(
                                    proxy.port(),
                                    "&sslmode=verify-full&sslrootcert=" + file("stranger.crt")))
                    .isInstanceOf(SQLException.class);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                textBlock =
                        """
                        ann | ann      | hello ann
                        bob | ann      | hello bob
                        ann | none     | requires a valid client certificate
                        bob | none     | requires a valid client certificate
                        ann | proxy    | certificate authentication failed for user "ann"
                        """)
        void certificateIsASecondFactor(String user, String certificate, String answer)
                throws Exception {
            String output =
                    psql(
                            second.port(),
                            user,
                            user.equals("ann") ? "sesame" : "secret",
                            certificate,
                            "verify-full");
            assertThat(output).contains(answer);
        }

        @Test
        void passwordIsAskedForAllTheSame() throws Exception {
            assertThat(psql(second.port(), "ann", "wrong", "ann", "verify-full"))
                    .contains("password authentication failed");
        }

        @ParameterizedTest
        @CsvSource({"expired", "impostor"})
        void certificateOfAnotherAuthorityOrTimeComesNotEvenThatFar(String certificate)
                throws Exception {
            assertThat(psql(second.port(), "ann", "sesame", certificate, "require"))
                    .doesNotContain("hello")
                    .containsAnyOf("alert", "closed", "SSL error");
        }

        @Test
        void psqlBindsItsPasswordToTheProxysCertificate() throws Exception {
            assertThat(psql(proxy.port(), "ann", "sesame", "none", "verify-full"))
                    .contains("hello ann");
        }

        private String psql(int port, String user, String password, String certificate, String mode)
                throws Exception {
            Path tool = postgres.installation().tool("psql").orElse(Path.of("/usr/bin/psql"));
            Assumptions.assumeTrue(Files.isExecutable(tool), "psql is not installed");
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    tool.toString(),
                                    "--no-psqlrc",
                                    "--tuples-only",
                                    "--command=select 'hello ' || current_user",
                                    "host=localhost port="
                                            + port
                                            + " dbname=app user="
                                            + user
                                            + " channel_binding=require sslmode="
                                            + mode
                                            + " sslrootcert="
                                            + file("authority.crt")
                                            + (certificate.equals("none")
                                                    ? " sslcert=/nonexistent"
                                                    : " sslcert="
                                                            + file(certificate + ".crt")
                                                            + " sslkey="
                                                            + file(certificate + ".key"))));
            Path out = folder.resolve("out");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile());
            builder.environment().put("PGPASSWORD", password);
            Process process = builder.start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("psql does not end");
            }
            return Files.readString(out);
        }

        @Test
        void serverOfAnotherAuthorityIsNotLoggedInTo() throws Exception {
            try (var wary =
                    TestProxy.of(PoolMode.TRANSACTION, 1)
                            .with(serverTls(ServerTlsMode.VERIFY_FULL, "stranger.crt"))
                            .with(
                                    new TestTimeouts()
                                            .queryWait(Duration.ofSeconds(5))
                                            .clientLogin(Duration.ofSeconds(30))
                                            .serverConnect(Duration.ofSeconds(20))
                                            .build())
                            .to(postgres)) {
                assertThatThrownBy(wary::connect).hasMessageContaining("no TLS with the server");
            }
        }

        @Test
        void queryIsCancelledAtAServerThatTakesNothingUnencrypted() throws Exception {
            try (Connection client = connect(proxy.port(), "&sslmode=require&queryTimeout=1")) {
                var statement = client.createStatement();
                statement.setQueryTimeout(1);
                assertThatThrownBy(() -> statement.executeQuery("select pg_sleep(100)"))
                        .hasMessageContaining("canceling statement");
            }
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class OnTheInstalledPostgres extends OnPostgres {
        OnTheInstalledPostgres() throws Exception {
            super("auto");
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class OnTheEmbeddedPostgres extends OnPostgres {
        OnTheEmbeddedPostgres() throws Exception {
            super("embedded");
        }
    }

    @Test
    void modesDemandOfAServerWhatLibpqsDo() throws Exception {
        try (TestPostgres elsewhere =
                encryptingPostgres("auto", ONLY_TLS, authority.elsewhere("elsewhere"))) {
            LoginTest.prepare(elsewhere);
            for (ServerTlsMode mode : ServerTlsMode.values()) {
                var impatient =
                        new TestTimeouts()
                                .clientLogin(
                                        Duration.ofSeconds(
                                                mode == ServerTlsMode.VERIFY_FULL ? 2 : 60))
                                .serverConnect(Duration.ofSeconds(20))
                                .build();
                try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(LoginTest.lookup(Duration.ofSeconds(1)))
                                .with(impatient)
                                .with(serverTls(mode, mode.verifies() ? "authority.crt" : ""))
                                .to(elsewhere)) {
                    if (mode == ServerTlsMode.DISABLE || mode == ServerTlsMode.VERIFY_FULL) {
                        assertThatThrownBy(() -> LoginTest.connect(proxy.port(), "ann", "sesame"))
                                .as(mode.name())
                                .isInstanceOf(SQLException.class);
                    } else {
                        try (Connection client = LoginTest.connect(proxy.port(), "ann", "sesame")) {
                            assertThat(LoginTest.value(client, "select current_user"))
                                    .as(mode.name())
                                    .isEqualTo("ann");
                        }
                    }
                }
            }
        }
    }
}
