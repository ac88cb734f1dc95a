package io.howdah.node.authority;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// What a caller shows a cluster, and whom he believes: the authority of the cluster, and a
/// certificate with its key, or a token. A node's own follow its files. Thread-safe.
public final class Credentials {

    private static final String AUTHORITY = "authority.crt";
    private static final String CERTIFICATE = "client.crt";
    private static final String KEY = "client.key";
    private static final String TOKEN = "token";

    private final @Nullable Supplier<SSLSocketFactory> sockets;
    private final @Nullable String token;

    private Credentials(@Nullable Supplier<SSLSocketFactory> sockets, @Nullable String token) {
        this.sockets = sockets;
        this.token = token;
    }

    /// Shows nothing and believes nobody: for a cluster on one machine without TLS.
    public static Credentials none() {
        return new Credentials(null, null);
    }

    /// A node that asks other nodes.
    public static Credentials of(KeyMaterial keys) {
        return new Credentials(keys::peerSockets, null);
    }

    /// Reads a directory with `authority.crt` and either `client.crt` and `client.key`, or `token`;
    /// with neither, nothing is shown, which is enough for what is open to everybody.
    ///
    /// @throws CredentialException when one is missing or damaged, or a secret is open to others
    public static Credentials read(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new CredentialException(
                    "there are no credentials in " + directory + ": it is not a directory",
                    "name the directory that `howdah init` made (such as DIR/admin) with"
                            + " --credentials DIR",
                    null);
        }
        List<X509Certificate> believed = Credential.certificates(directory.resolve(AUTHORITY));
        var trust = new PeerTrust(new Authorities(believed));
        Path certificate = directory.resolve(CERTIFICATE);
        Path token = directory.resolve(TOKEN);
        if (Files.exists(certificate)) {
            Credential own = Credential.read(certificate, directory.resolve(KEY));
            return new Credentials(fixed(new OwnKey(() -> own), trust), null);
        }
        return new Credentials(
                fixed(null, trust),
                Files.exists(token) ? OwnerFile.readSecret(token).strip() : null);
    }

    private static Supplier<SSLSocketFactory> fixed(
            @Nullable X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        SSLSocketFactory sockets = KeyMaterial.context(keys, trust).getSocketFactory();
        return () -> sockets;
    }

    /// Writes a client's directory.
    ///
    /// @param authority the certificate of the cluster's authority, as PEM
    public static void write(Path directory, String authority, CertificateAuthority.Issued client) {
        OwnerFile.writeOpen(directory.resolve(AUTHORITY), authority);
        OwnerFile.writeSecret(directory.resolve(KEY), client.key());
        OwnerFile.writeOpen(directory.resolve(CERTIFICATE), client.certificate());
    }

    /// Writes a token holder's directory.
    ///
    /// @param authority the certificate of the cluster's authority, as PEM
    public static void write(Path directory, String authority, Tokens.Created token) {
        OwnerFile.writeOpen(directory.resolve(AUTHORITY), authority);
        OwnerFile.writeSecret(directory.resolve(TOKEN), token.token() + "\n");
    }

    /// Makes connections that verify the other end and show the certificate, where there is one.
    ///
    /// @throws CredentialException when there is nothing to verify it with
    public SSLSocketFactory sockets() {
        if (sockets == null) {
            throw new CredentialException(
                    "this cluster is encrypted, and no credentials are named",
                    "name them with --credentials DIR or HOWDAH_CREDENTIALS; `howdah init` makes"
                            + " them (DIR/admin)",
                    null);
        }
        return sockets.get();
    }

    /// Whether there is an authority to believe.
    public boolean present() {
        return sockets != null;
    }

    /// The token, which is shown to a verified node only.
    public Optional<String> token() {
        return Optional.ofNullable(token);
    }
}
