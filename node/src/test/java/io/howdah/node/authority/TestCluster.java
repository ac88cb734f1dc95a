package io.howdah.node.authority;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// A cluster's authority in a directory, and what it makes.
final class TestCluster {

    static final Duration YEAR = Duration.ofDays(365);

    private final Path directory;
    private final String name;
    private final CertificateAuthority authority;

    TestCluster(Path directory, String name) {
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
    KeyFiles node(String node, String host, Instant now) {
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
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
