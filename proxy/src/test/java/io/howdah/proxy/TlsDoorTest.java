package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.encryption.ClientTls;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.PoolMode;
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
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The proxy's door for clients that come with TLS: what it is opened with, what may come through
/// it before and after the handshake, and what is never taken up again.
class TlsDoorTest {

    private static final int TLS_REQUEST = 80877103;

    private static final Certificates authority = new Certificates("authority");

    @TempDir private static Path folder;

    @BeforeAll
    static void makeCertificates() {
        authority.identity("proxy").into(folder, "proxy");
        authority.identity("ann").into(folder, "ann");
    }

    private static Path file(String name) {
        return folder.resolve(name);
    }

    /// Lets everybody in from here, over TLS or without.
    private static Admission trusting(String certificate, String key) {
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

    @Test
    void insideTlsThereIsOneFirstPacketAndNoFurtherEncryption() {
        try (TestPostgres postgres = TestPostgres.start();
                var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(trusting("proxy.crt", "proxy.key"))
                                .to(postgres)) {
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
        try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(trusting("proxy.crt", "proxy.key"))
                                .to(nowhere);
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
