package io.howdah.node.authority;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;

/// A cluster's authority in a directory, and what it makes.
public final class TestCluster {

    static final Duration YEAR = Duration.ofDays(365);

    private final Path directory;
    private final String name;
    private final CertificateAuthority authority;

    public TestCluster(Path directory, String name) {
        this.directory = directory;
        this.name = name;
        this.authority = CertificateAuthority.create(name, Instant.now());
        OwnerFile.writeOpen(directory.resolve("authority.crt"), authority.certificate());
        OwnerFile.writeSecret(directory.resolve("authority.key"), authority.key());
    }

    CertificateAuthority authority() {
        return authority;
    }

    /// The files of a node, made at `now`.
    public KeyFiles node(String node, String host, Instant now) {
        Path folder = directory.resolve(node);
        OwnerFile.writeOpen(folder.resolve("authority.crt"), authority.certificate());
        write(folder, authority.node(name, node, host, YEAR, now));
        return KeyFiles.in(folder, false);
    }

    /// The same with the authority's key beside them.
    KeyFiles nodeWithAuthority(String node, String host, Instant now) {
        node(node, host, now);
        Path folder = directory.resolve(node);
        OwnerFile.writeSecret(folder.resolve("authority.key"), authority.key());
        return KeyFiles.in(folder, true);
    }

    static void write(Path folder, CertificateAuthority.Issued issued) {
        OwnerFile.writeSecret(folder.resolve("node.key"), issued.key());
        OwnerFile.writeOpen(folder.resolve("node.crt"), issued.certificate());
    }

    /// A client's credential in memory.
    Credential client(String client, Role role, Instant now) {
        return credential(authority.client(name, client, role, YEAR, now));
    }

    static Credential credential(CertificateAuthority.Issued issued) {
        try {
            return new Credential(
                    Pem.privateKey(issued.key()), Pem.certificates(issued.certificate()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// TLS for a client with a certificate of this cluster.
    public SSLContext clientContext(String client, Role role, Instant now) {
        return clientContextBelieving(this, client, role, now);
    }

    /// The same for a client that believes another cluster's nodes.
    public SSLContext clientContextBelieving(
            TestCluster believed, String client, Role role, Instant now) {
        Credential own = client(client, role, now);
        return KeyMaterial.context(new OwnKey(() -> own), believed.trust());
    }

    /// TLS for a client with a certificate whose key it does not have.
    public SSLContext stolenCertificate(String client, Role role, Instant now) {
        Credential stolen = client(client, role, now);
        Credential own = client("thief", role, now);
        Credential both = new Credential(own.key(), stolen.chain());
        return KeyMaterial.context(new OwnKey(() -> both), trust());
    }

    /// TLS for a client that shows nothing.
    public SSLContext believingContext() {
        return KeyMaterial.context(null, trust());
    }

    private PeerTrust trust() {
        try {
            return new PeerTrust(new Authorities(Pem.certificates(authority.certificate())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
