package io.howdah.node.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.ClusterDocument;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreSettings;
import io.howdah.consensus.Transport;
import io.howdah.consensus.ratis.RatisStore;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The door of the consensus, with a node's real keys.
class ConsensusDoorTest {

    private static final String HOST = "127.0.0.1";
    private static final Duration LONG_AGO = Duration.ofDays(800);
    private static final int SILENCE_MILLIS = 30_000;

    @TempDir Path directory;

    @Test
    void onlyNodesOfThisClusterAreTalkedToAndRenewedCertificatesAreShown() throws Exception {
        TestCluster ours = new TestCluster(directory.resolve("ours"), "ours");
        TestCluster theirs = new TestCluster(directory.resolve("theirs"), "theirs");
        Instant now = Instant.now();
        KeyMaterial own = KeyMaterial.load(ours.node("n1", HOST, now));
        KeyMaterial another = KeyMaterial.load(ours.node("n2", HOST, now));
        KeyMaterial expired = KeyMaterial.load(ours.node("n3", HOST, now.minus(LONG_AGO)));
        KeyMaterial strange = KeyMaterial.load(theirs.node("n2", HOST, now));
        Credential admin = ours.client("somebody", Role.ADMIN, now);
        int port = FreePorts.one();
        try (var store = open(own, port)) {
            store.formed().get(60, TimeUnit.SECONDS);

            assertThat(shown(port, another.peerContext())).as("another node").isNotNull();
            assertThat(shown(port, KeyMaterial.context(null, own.peerTrust())))
                    .as("nobody in particular")
                    .isNull();
            assertThat(shown(port, expired.peerContext())).as("an expired node").isNull();
            assertThat(shown(port, KeyMaterial.context(strange.keyManager(), own.peerTrust())))
                    .as("a node of another cluster")
                    .isNull();
            assertThat(shown(port, KeyMaterial.context(new OwnKey(() -> admin), own.peerTrust())))
                    .as("an operator, who is no node")
                    .isNull();

            renew(ours, own);
            Await.until(
                    "the renewed certificate is shown",
                    () -> renewedIsShown(port, another.peerContext(), own));
        }
    }

    /// Replaces key and certificate on the disk.
    private static void renew(TestCluster cluster, KeyMaterial keys) throws IOException {
        X509Certificate before = certificate(keys);
        Path folder = Optional.ofNullable(keys.files().key().getParent()).orElseThrow();
        TestCluster.write(
                folder,
                cluster.authority().node("ours", "n1", HOST, Duration.ofDays(1), Instant.now()));
        Files.setLastModifiedTime(keys.files().key(), FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(keys.refresh()).isTrue();
        assertThat(certificate(keys)).isNotEqualTo(before);
    }

    private static X509Certificate certificate(KeyMaterial keys) {
        String alias = keys.keyManager().chooseEngineServerAlias("EC", null, null);
        return keys.keyManager().getCertificateChain(alias)[0];
    }

    private static boolean renewedIsShown(int port, SSLContext context, KeyMaterial keys) {
        try {
            return certificate(keys).equals(shown(port, context));
        } catch (IOException e) {
            return false;
        }
    }

    private Store<?, ?> open(KeyMaterial keys, int port) {
        return RatisStore.open(
                StoreSettings.of(
                                "ours", "n1", directory.resolve("store"), HOST, port, List.of("n1"))
                        .withTransport(
                                new Transport.MutualTls(keys.keyManager(), keys.peerTrust())),
                new ClusterDocument(),
                name -> Optional.empty());
    }

    /// The certificate of the server that lets us in, which begins to talk at once; null where it
    /// does not let us in.
    private static @Nullable X509Certificate shown(int port, SSLContext context)
            throws IOException {
        try (Socket socket = context.getSocketFactory().createSocket(HOST, port)) {
            socket.setSoTimeout(SILENCE_MILLIS);
            if (!(socket instanceof SSLSocket encrypted)) {
                throw new IllegalStateException("not encrypted");
            }
            var parameters = encrypted.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            encrypted.setSSLParameters(parameters);
            encrypted.startHandshake();
            if (encrypted.getInputStream().read() < 0) {
                return null;
            }
            return encrypted.getSession().getPeerCertificates()[0]
                            instanceof X509Certificate certificate
                    ? certificate
                    : null;
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException refused) {
            return null;
        }
    }
}
