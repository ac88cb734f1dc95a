package io.howdah.cli.init;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.authority.CertificateAuthority;
import io.howdah.node.authority.Credentials;
import io.howdah.node.authority.OwnerFile;
import io.howdah.node.authority.Role;
import io.howdah.node.authority.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/// The directory of a cluster: `authority` (its key makes the cluster, so it stays away from the
/// nodes), one directory for each node, `admin`, and `clients`. Not thread-safe.
public final class ClusterDirectory {

    private static final int PASSWORD_BYTES = 24;

    private final Path path;

    /// @param path of the directory, there or not
    public ClusterDirectory(Path path) {
        this.path = path;
    }

    /// Where it is.
    public Path path() {
        return path;
    }

    /// The administrator's credentials.
    public Path admin() {
        return path.resolve("admin");
    }

    /// A client's credentials.
    public Path client(String name) {
        return path.resolve("clients").resolve(name);
    }

    /// A node's directory.
    public Path node(String name) {
        return path.resolve(name);
    }

    Path secrets(String node) {
        return node(node).resolve("secrets");
    }

    private Path authorityCertificate() {
        return path.resolve("authority").resolve("authority.crt");
    }

    /// The authority's key.
    public Path authorityKey() {
        return path.resolve("authority").resolve("authority.key");
    }

    /// Whether there is an authority here.
    public boolean hasAuthority() {
        return Files.exists(authorityKey());
    }

    /// Makes an authority here.
    public CertificateAuthority createAuthority(String cluster, Instant now) {
        CertificateAuthority authority = CertificateAuthority.create(cluster, now);
        // The key last: it is by the key that an authority is known to be complete.
        OwnerFile.writeOpen(authorityCertificate(), authority.certificate());
        OwnerFile.writeSecret(authorityKey(), authority.key());
        return authority;
    }

    /// The authority that is here.
    ///
    /// @throws CommandFailure when there is none
    public CertificateAuthority authority() {
        if (!hasAuthority()) {
            throw CommandFailure.failed(
                    "there is no authority in " + path,
                    "name the directory that `howdah init` made with --authority DIR");
        }
        return CertificateAuthority.read(authorityCertificate(), authorityKey());
    }

    /// The cluster's name, as its authority's certificate says.
    public String clusterName() {
        return authority().cluster();
    }

    /// Makes a node's key and certificate.
    public void writeNodeKeys(
            CertificateAuthority authority,
            String cluster,
            String node,
            String host,
            Duration life,
            Instant now) {
        CertificateAuthority.Issued issued = authority.node(cluster, node, host, life, now);
        Path secrets = secrets(node);
        OwnerFile.writeOpen(secrets.resolve("authority.crt"), authority.certificate());
        OwnerFile.writeSecret(secrets.resolve("node.key"), issued.key());
        OwnerFile.writeOpen(secrets.resolve("node.crt"), issued.certificate());
    }

    /// Makes a client's key and certificate.
    public void writeClient(
            CertificateAuthority authority,
            String cluster,
            String name,
            Role role,
            Path output,
            Duration life,
            Instant now) {
        Credentials.write(
                output, authority.certificate(), authority.client(cluster, name, role, life, now));
    }

    /// Makes a token and lists it in every node's directory here.
    ///
    /// @return the files that list it now
    public List<Path> writeToken(String name, Role role, Path output) {
        Tokens.Created created = Tokens.create(name, role);
        Credentials.write(output, authority().certificate(), created);
        List<Path> listed = nodes().stream().map(node -> secrets(node).resolve("tokens")).toList();
        for (Path file : listed) {
            String before = Files.exists(file) ? OwnerFile.readSecret(file) : "";
            OwnerFile.writeSecret(file, Tokens.with(before, created));
        }
        return listed;
    }

    /// The nodes that have a directory here, by name.
    public List<String> nodes() {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(entry -> Files.exists(entry.resolve("howdah.yaml")))
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + path, e);
        }
    }

    /// A password that nobody knows.
    static String randomPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
