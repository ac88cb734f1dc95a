package io.howdah.node.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyMaterialTest {

    private static final Duration TWO_YEARS = Duration.ofDays(730);

    @TempDir private Path directory;
    private final Instant now = Instant.now();
    private TestCluster cluster;
    private KeyMaterial n1;
    private KeyMaterial n2;

    @BeforeEach
    void makeCluster() {
        cluster = new TestCluster(directory.resolve("orders"), "orders");
        n1 = KeyMaterial.load(cluster.node("n1", "127.0.0.1", now));
        n2 = KeyMaterial.load(cluster.node("n_2", "db2.example.com", now));
    }

    @Test
    void nodesOfOneClusterBelieveOneAnother() throws Exception {
        Handshake seen = Handshake.between(n1.peerContext(), n2.peerContext(), "127.0.0.1");
        assertThat(Identity.of(seen.serverSaw().getFirst()))
                .contains(new Identity("n_2", Identity.Unit.NODE, "orders"));
        assertThat(Identity.of(seen.clientSaw().getFirst()).orElseThrow().name()).isEqualTo("n1");
        Handshake.between(n2.peerContext(), n1.peerContext(), "db2.example.com");
    }

    @Test
    void nodeIsBelievedUnderItsOwnHostOnly() {
        assertThatThrownBy(() ->
                        Handshake.between(n2.peerContext(), n1.peerContext(), "db3.example.com"))
                .hasMessageContaining("is for another host");
        assertThat(n2.isFor("db2.example.com")).isTrue();
        assertThat(n2.isFor("db3.example.com")).isFalse();
    }

    @Test
    void anotherClustersNodeIsRefusedAtEitherEndThoughItsNamesAreTheSame() {
        var other = new TestCluster(directory.resolve("other"), "orders");
        KeyMaterial stranger = KeyMaterial.load(other.node("n1", "127.0.0.1", now));
        assertThatThrownBy(() ->
                        Handshake.between(n1.peerContext(), stranger.peerContext(), "127.0.0.1"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() ->
                        Handshake.between(stranger.peerContext(), n1.peerContext(), "127.0.0.1"))
                .hasMessageContaining("was not made by this cluster's authority");
    }

    @Test
    void anotherClustersNodeOfTheSameAuthorityIsRefused() {
        KeyFiles files = cluster.node("n9", "127.0.0.1", now);
        TestCluster.write(
                directory.resolve("orders/n9"),
                cluster.authority().node("payments", "n9", "127.0.0.1", TestCluster.YEAR, now));
        KeyMaterial payments = KeyMaterial.load(files);
        assertThatThrownBy(() ->
                        Handshake.between(payments.peerContext(), n1.peerContext(), "127.0.0.1"))
                .hasMessageContaining("is for cluster payments, not orders");
    }

    @Test
    void expiredNodeIsRefusedAtEitherEnd() {
        KeyMaterial expired =
                KeyMaterial.load(cluster.node("n3", "127.0.0.1", now.minus(TWO_YEARS)));
        assertThatThrownBy(() ->
                        Handshake.between(expired.peerContext(), n1.peerContext(), "127.0.0.1"))
                .hasMessageContaining("'n3' expired at ");
        assertThatThrownBy(() ->
                        Handshake.between(n1.peerContext(), expired.peerContext(), "127.0.0.1"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void operatorsCertificateIsNoNodes() {
        for (Role role : Role.values()) {
            Credential client = cluster.client("ann", role, now);
            SSLContext posing = KeyMaterial.context(new OwnKey(() -> client), n1.peerTrust());
            assertThatThrownBy(() -> Handshake.between(n1.peerContext(), posing, "127.0.0.1"))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() ->
                            n1.peerTrust()
                                    .checkClientTrusted(
                                            client.chain()
                                                    .toArray(
                                                            java.security.cert.X509Certificate[]
                                                                    ::new),
                                            "EC"))
                    .hasMessageContaining("'ann' is a client's (" + role.text() + ")");
            assertThatThrownBy(() -> Handshake.between(posing, n1.peerContext(), "127.0.0.1"))
                    .hasMessageContaining("is not meant for this end");
        }
    }

    @Test
    void noCertificateIsNoNode() {
        SSLContext nobody = KeyMaterial.context(null, n1.peerTrust());
        assertThatThrownBy(() -> Handshake.between(n1.peerContext(), nobody, "127.0.0.1"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void clientIsJudgedByAuthorityAndTime() throws CertificateException {
        assertThat(n1.client(cluster.client("ann", Role.OPERATE, now).chain()))
                .isEqualTo(new Identity("ann", Identity.Unit.OPERATE, "orders"));
        assertThatThrownBy(() ->
                        n1.client(cluster.client("ann", Role.ADMIN, now.minus(TWO_YEARS)).chain()))
                .hasMessageContaining("'ann' expired at");
        assertThatThrownBy(() ->
                        n1.client(cluster.client("ann", Role.ADMIN, now.plus(TWO_YEARS)).chain()))
                .hasMessageContaining("is valid from");
        var other = new TestCluster(directory.resolve("other"), "orders");
        assertThatThrownBy(() -> n1.client(other.client("ann", Role.ADMIN, now).chain()))
                .hasMessageContaining("was not made by this cluster's authority");
    }

    @Test
    void replacedFilesServeTheNextHandshake() throws Exception {
        Handshake before = Handshake.between(n1.peerContext(), n2.peerContext(), "127.0.0.1");
        var changes = new AtomicInteger();
        n1.onChange(changes::incrementAndGet);
        assertThat(n1.refresh()).isFalse();

        cluster.node("n1", "127.0.0.1", now.plusSeconds(60));
        touch(n1.files());
        assertThat(n1.refresh()).isTrue();
        assertThat(changes).hasValue(1);
        Handshake after = Handshake.between(n1.peerContext(), fresh(n2).peerContext(), "127.0.0.1");
        assertThat(after.clientSaw()).isNotEqualTo(before.clientSaw());
    }

    @Test
    void halfReplacedFilesChangeNothing() throws Exception {
        CertificateAuthority.Issued next =
                cluster.authority().node("orders", "n1", "127.0.0.1", TestCluster.YEAR, now);
        OwnerFile.writeOpen(n1.files().certificate(), next.certificate());
        touch(n1.files());
        assertThat(n1.refresh()).isFalse();
        Handshake.between(n1.peerContext(), n2.peerContext(), "127.0.0.1");
        OwnerFile.writeSecret(n1.files().key(), next.key());
        assertThat(n1.refresh()).isTrue();
    }

    @Test
    void certificateIsRenewedInItsLastThird() throws Exception {
        KeyMaterial keys = KeyMaterial.load(cluster.nodeWithAuthority("n4", "127.0.0.1", now));
        Instant end = keys.expiry();
        assertThat(keys.renewIfDue("127.0.0.1", now.plus(Duration.ofDays(240)))).isFalse();
        Instant then = now.plus(Duration.ofDays(250));
        assertThat(keys.renewIfDue("db4.example.com", then)).isTrue();
        assertThat(keys.expiry()).isAfter(end.plus(Duration.ofDays(240)));
        assertThat(keys.isFor("127.0.0.1")).isTrue();
        assertThat(keys.isFor("db4.example.com")).isTrue();
        assertThat(keys.isFor("n4")).isTrue();
        assertThat(KeyMaterial.load(keys.files()).expiry()).isEqualTo(keys.expiry());
        assertThat(keys.isDue(then)).isFalse();
    }

    @Test
    void withoutTheAuthoritysKeyNothingIsRenewed() {
        Instant then = now.plus(Duration.ofDays(300));
        assertThat(n1.isDue(then)).isTrue();
        assertThat(n1.complaint(now)).isEmpty();
        assertThat(n1.complaint(then).orElseThrow())
                .startsWith("the certificate of n1 expires at " + n1.expiry() + "\nHINT: run ")
                .contains(n1.files().certificate().toString());
        assertThat(n1.complaint(then.plus(Duration.ofDays(100))).orElseThrow())
                .startsWith("the certificate of n1 expired at ");
        assertThat(n1.complaint(now.minus(Duration.ofDays(100))).orElseThrow())
                .startsWith("the certificate of n1 begins only at ");
        assertThat(n1.renewIfDue("127.0.0.1", then)).isFalse();
    }

    @Test
    void expiredCertificateIsTakenUpAndRenewed() throws Exception {
        KeyMaterial keys =
                KeyMaterial.load(
                        cluster.nodeWithAuthority("n5", "127.0.0.1", now.minus(TWO_YEARS)));
        assertThat(keys.renewIfDue("127.0.0.1", now)).isTrue();
        Handshake.between(keys.peerContext(), n2.peerContext(), "127.0.0.1");
    }

    @Test
    void certificateThatWasMadeWhileTheClockWasWrongIsMadeAnew() throws Exception {
        Instant wrong = now.plus(Duration.ofDays(100));
        KeyMaterial keys = KeyMaterial.load(cluster.nodeWithAuthority("n6", "127.0.0.1", wrong));
        assertThat(keys.isDue(now)).isTrue();
        assertThat(keys.renewIfDue("127.0.0.1", now)).isTrue();
        assertThat(keys.isDue(now)).isFalse();
        Handshake.between(keys.peerContext(), n2.peerContext(), "127.0.0.1");
    }

    @Test
    void keyThatOthersMayReadIsRefused() throws IOException {
        KeyFiles files = n1.files();
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> KeyMaterial.load(files))
                .isInstanceOf(CredentialException.class)
                .hasMessageContaining("may be used by others (rw-r-----)")
                .hasMessageContaining("HINT: chmod 600 ");
        KeyFiles authority = cluster.nodeWithAuthority("n6", "127.0.0.1", now);
        Files.setPosixFilePermissions(
                Objects.requireNonNull(authority.authorityKey()),
                PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> KeyMaterial.load(authority))
                .hasMessageContaining("authority.key may be used by others");
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() throws IOException {
        KeyFiles one = n1.files();
        KeyFiles two = n2.files();
        assertThatThrownBy(() ->
                        KeyMaterial.load(
                                new KeyFiles(one.authority(), one.certificate(), two.key(), null)))
                .hasMessageContaining("was not made for the key");
        var other = new TestCluster(directory.resolve("other"), "orders");
        KeyFiles foreign = other.node("n1", "127.0.0.1", now);
        assertThatThrownBy(() ->
                        KeyMaterial.load(
                                new KeyFiles(
                                        foreign.authority(), one.certificate(), one.key(), null)))
                .hasMessageContaining("was not made by the authority");
        assertThatThrownBy(() ->
                        KeyMaterial.load(
                                new KeyFiles(one.authority(), one.certificate(), missing(), null)))
                .hasMessageContaining("does not exist")
                .hasMessageContaining("HINT: ");
        CertificateAuthority.Issued client =
                cluster.authority().client("orders", "ann", Role.ADMIN, TestCluster.YEAR, now);
        TestCluster.write(directory.resolve("client"), client);
        assertThatThrownBy(() ->
                        KeyMaterial.load(
                                new KeyFiles(
                                        one.authority(),
                                        directory.resolve("client/node.crt"),
                                        directory.resolve("client/node.key"),
                                        null)))
                .hasMessageContaining("is not the certificate of a node");
    }

    @Test
    void damagedKeyIsNotQuoted() throws IOException {
        String key = Files.readString(n1.files().key());
        String body = key.lines().skip(1).findFirst().orElseThrow();
        for (String damaged :
                List.of(body, key.replace("PRIVATE KEY", "EC PRIVATE KEY"), key.substring(0, 90))) {
            OwnerFile.writeSecret(n1.files().key(), damaged);
            assertThatThrownBy(() -> KeyMaterial.load(n1.files()))
                    .isInstanceOf(CredentialException.class)
                    .hasMessageContaining("is not a private key in PEM")
                    .satisfies(
                            e -> assertThat(String.valueOf(e.getMessage())).doesNotContain(body));
        }
    }

    private Path missing() {
        return directory.resolve("nowhere/node.key");
    }

    /// Its own sessions, so that no earlier one is resumed.
    private static KeyMaterial fresh(KeyMaterial keys) {
        return KeyMaterial.load(keys.files());
    }

    /// File times may be coarse.
    private static void touch(KeyFiles files) throws IOException {
        Files.setLastModifiedTime(
                files.certificate(), FileTime.from(Instant.now().plusSeconds(10)));
    }
}
