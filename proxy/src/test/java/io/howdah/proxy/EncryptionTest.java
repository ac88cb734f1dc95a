package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.encryption.ClientTls;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.TestTimeouts;
import io.howdah.testing.Await;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
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
    private static final int TLS_REQUEST = 80877103;

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

    /// Lets everybody in from here, over TLS or without.
    private Admission trusting(String certificate, String key) {
        return new Admission(
                AccessRules.trustingLoopback(),
                null,
                null,
                new ClientTlsSettings(false, file(certificate), file(key), null));
    }

    @Test
    void keyThatOthersMayReadIsRefused() throws Exception {
        Certificates.Identity open = authority.identity("open").into(folder, "open");
        assertThat(open.key()).isNotEmpty();
        Files.setPosixFilePermissions(
                file("open.key"), PosixFilePermissions.fromString("rw-r--r--"));
        var admission = trusting("open.crt", "open.key");
        var settings = TestProxy.of(PoolMode.TRANSACTION, 1).with(admission);
        var nowhere = new ServerAddress.Tcp("127.0.0.1", 1);
        assertThatThrownBy(() -> settings.to(nowhere))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("open.key may be used by others (rw-r--r--)");
    }

    @Test
    void certificateAndKeyOfDifferentPairsAreRefused() {
        var admission = trusting("proxy.crt", "ann.key");
        var settings = TestProxy.of(PoolMode.TRANSACTION, 1).with(admission);
        var nowhere = new ServerAddress.Tcp("127.0.0.1", 1);
        assertThatThrownBy(() -> settings.to(nowhere))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("do not fit");
    }

    @Test
    void bytesAheadOfTlsAreRefused() {
        var admission = trusting("proxy.crt", "proxy.key");
        var nowhere = new ServerAddress.Tcp("127.0.0.1", 1);
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).with(admission).to(nowhere)) {
            try (RawClient client = new RawClient(proxy.port())) {
                client.raw(request()).startup("user", "app", "database", "app").flush();
                List<RawClient.Message> heard = client.untilEnd();
                assertThat(heard.getLast().field('C')).isEqualTo("08P01");
                assertThat(heard.getLast().field('M')).contains("received unencrypted data");
            }
            try (RawClient client = new RawClient(proxy.port())) {
                assertThat(client.raw(request()).flush().oneByte()).isEqualTo('S');
                // In the clear, where TLS should begin: nothing of it is believed.
                client.startup("user", "app", "database", "app").flush();
                byte[] rest = client.rest();
                assertThat(new String(rest, StandardCharsets.ISO_8859_1))
                        .doesNotContain("database");
            }
        }
    }

    private static Admission trusting() {
        return new Admission(
                AccessRules.trustingLoopback(),
                null,
                null,
                new ClientTlsSettings(false, file("proxy.crt"), file("proxy.key"), null));
    }

    @Test
    void insideTlsThereIsOneFirstPacketAndNoFurtherEncryption() {
        try (TestPostgres postgres = TestPostgres.start();
                var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).with(trusting()).to(postgres)) {
            for (int request : new int[] {TLS_REQUEST, TLS_REQUEST + 1}) {
                try (RawClient client = RawClient.encrypted(proxy.port(), authority.context())) {
                    client.raw(ByteBuffer.allocate(8).putInt(8).putInt(request).array()).flush();
                    assertThat(client.untilEnd().getLast().field('C')).isEqualTo("08P01");
                }
            }
            try (RawClient client = RawClient.encrypted(proxy.port(), authority.context())) {
                client.startup("user", "app", "database", "app").flush();
                client.untilReady();
                client.startup("user", "postgres", "database", "app").flush();
                assertThat(client.untilEnd().getLast().field('C')).isEqualTo("08P01");
            }
        }
    }

    @Test
    void directTlsHasToSayWhatForAndIsCutOffWhereThereIsNone() throws Exception {
        var nowhere = new ServerAddress.Tcp("127.0.0.1", 1);
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).with(trusting()).to(nowhere);
                var socket =
                        (SSLSocket)
                                authority
                                        .context()
                                        .getSocketFactory()
                                        .createSocket("localhost", proxy.port())) {
            socket.startHandshake();
            socket.getOutputStream()
                    .write(
                            ByteBuffer.allocate(18)
                                    .putInt(18)
                                    .putInt(3 << 16)
                                    .put(RawClient.bytes("user\0app\0\0"))
                                    .array());
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("direct TLS without the ALPN protocol postgresql");
        }
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).to(nowhere);
                RawClient client = new RawClient(proxy.port())) {
            client.raw((byte) 0x16, (byte) 3, (byte) 1, (byte) 0, (byte) 5).flush();
            assertThat(client.rest()).isEmpty();
        }
    }

    private static byte[] request() {
        return ByteBuffer.allocate(8).putInt(8).putInt(TLS_REQUEST).array();
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2", "TLSv1.3"})
    void noSessionIsResumed(String version) throws Exception {
        Assumptions.assumeTrue(OpenSsl.isAvailable(), "BoringSSL cannot be loaded here");
        var admission = trusting("proxy.crt", "proxy.key");
        Trust trust = new Trust();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trust}, null);
        var nowhere = new ServerAddress.Tcp("127.0.0.1", 1);
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).with(admission).to(nowhere)) {
            for (int times = 1; times <= 3; times++) {
                shakeHands(context, proxy.port(), version);
                assertThat(trust.asked.get()).isEqualTo(times);
            }
        }
    }

    /// Counts how often a certificate is judged: in a resumed session none is.
    private static final class Trust extends X509ExtendedTrustManager {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            asked.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            asked.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            asked.incrementAndGet();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static void shakeHands(SSLContext context, int port, String version)
            throws IOException {
        try (var socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setApplicationProtocols(new String[] {"postgresql"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            // What the server sends behind its handshake is read, tickets too.
            socket.getOutputStream().write(new byte[] {0, 0, 0, 1, 0, 0, 0, 0});
            assertThat(socket.getInputStream().readAllBytes()).startsWith('E');
        }
    }

    @Test
    void renewedCertificateIsShownWithoutARestart() throws Exception {
        Certificates.Identity first = authority.identity("first").into(folder, "renewed");
        var tls =
                new ClientTls(
                        new ClientTlsSettings(
                                false, file("renewed.crt"), file("renewed.key"), null));
        byte[] before = endPoint(tls);
        assertThat(first.certificate()).isNotEmpty();
        authority.identity("second").into(folder, "renewed");
        for (String name : List.of("renewed.crt", "renewed.key")) {
            Files.setLastModifiedTime(file(name), FileTime.from(Instant.now().plusSeconds(9)));
        }
        Await.until("the new one is shown", () -> !Arrays.equals(endPoint(tls), before));
    }

    private static byte[] endPoint(ClientTls tls) {
        var accepted = tls.accept(UnpooledByteBufAllocator.DEFAULT);
        try {
            return accepted.endPoint();
        } finally {
            ReferenceCountUtil.release(accepted.handler().engine());
        }
    }
}
