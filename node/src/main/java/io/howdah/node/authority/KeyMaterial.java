package io.howdah.node.authority;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node's key, its certificate and the authorities it believes, as the files on the disk say. The
/// managers handed out follow the files: after [#refresh] new handshakes use what is there now.
/// Files that do not fit together (one is replaced, the other not yet) change nothing. Thread-safe.
public final class KeyMaterial {

    /// A certificate is renewed when less than this part of its life is left.
    private static final int RENEWED_AT_THE_LAST = 3;

    /// How long a TLS session may be resumed without looking at the other's certificate again.
    private static final int SESSION_SECONDS = 300;

    private static final Logger LOG = LoggerFactory.getLogger(KeyMaterial.class);

    private final KeyFiles files;
    private final Removals removals;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final X509ExtendedKeyManager keyManager = new OwnKey(() -> loaded().credential());
    private final X509ExtendedTrustManager peerTrust =
            new PeerTrust(() -> loaded().authorities(), () -> identity().cluster());
    private volatile Loaded loaded;
    private @Nullable String complaint;

    /// What was read, and the state of the files it was read from; and TLS to other nodes with just
    /// that: a session that is resumed, or a connection that is kept, shows the certificate that it
    /// began with.
    private record Loaded(
            Credential credential,
            Authorities authorities,
            Identity identity,
            SSLContext peerContext,
            SSLSocketFactory peerSockets,
            List<FileTime> stamps) {}

    private KeyMaterial(KeyFiles files, Removals removals, Loaded loaded) {
        this.files = files;
        this.removals = removals;
        this.loaded = loaded;
    }

    /// Reads the files. An expired certificate is no reason to fail: it may be replaced while the
    /// node runs.
    ///
    /// @throws CredentialException when a file is missing or damaged, the key is open to others,
    ///   the certificate is not for the key, no node's, or not of the authority
    public static KeyMaterial load(KeyFiles files) {
        return load(files, Removals.NONE);
    }

    /// As above; certificates of nodes that were taken out since they were made are refused by
    /// [#client] and told by [#removal].
    ///
    /// @throws CredentialException as above
    public static KeyMaterial load(KeyFiles files, Removals removals) {
        return new KeyMaterial(files, removals, read(files));
    }

    private static Loaded read(KeyFiles files) {
        List<FileTime> stamps = stamps(files);
        Authorities authorities = new Authorities(Credential.certificates(files.authority()));
        Credential credential = Credential.read(files.certificate(), files.key());
        Identity identity =
                Identity.of(credential.certificate())
                        .filter(found -> found.unit() == Identity.Unit.NODE)
                        .orElseThrow(() ->
                                new CredentialException(
                                        files.certificate() + " is not the certificate of a node",
                                        "`howdah init` makes one for each node; copy this node's",
                                        null));
        requireSigned(files, credential, authorities);
        if (files.authorityKey() != null) {
            // Found out now, not in the night in which the certificate is to be renewed.
            Credential.privateKey(files.authorityKey());
        }
        SSLContext peerContext =
                context(
                        new OwnKey(() -> credential),
                        new PeerTrust(() -> authorities, identity::cluster));
        return new Loaded(
                credential,
                authorities,
                identity,
                peerContext,
                peerContext.getSocketFactory(),
                stamps);
    }

    private static void requireSigned(
            KeyFiles files, Credential credential, Authorities authorities) {
        X509Certificate last = credential.chain().getLast();
        for (X509Certificate authority : authorities.certificates()) {
            try {
                last.verify(authority.getPublicKey());
                return;
            } catch (GeneralSecurityException e) {
                LOG.trace("not signed by {}", authority.getSubjectX500Principal());
            }
        }
        throw new CredentialException(
                files.certificate()
                        + " was not made by the authority in "
                        + files.authority()
                        + " (is one of them another cluster's?)",
                "copy both from the same `howdah init`",
                null);
    }

    /// The files it follows.
    public KeyFiles files() {
        return files;
    }

    /// Whom this node's certificate names.
    public Identity identity() {
        return loaded.identity();
    }

    /// When this node's certificate ends.
    public Instant expiry() {
        return loaded.credential().certificate().getNotAfter().toInstant();
    }

    /// Whether this node's certificate is good for a host that others reach it by.
    public boolean isFor(String host) {
        return hosts(loaded.credential().certificate()).contains(host);
    }

    /// Shows this node's certificate, at either end of a connection.
    public X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    /// Believes other nodes of this cluster and nobody else, at either end of a connection. Checks
    /// the host's name where the connection asks for it (endpoint identification `HTTPS`).
    public X509ExtendedTrustManager peerTrust() {
        return peerTrust;
    }

    /// TLS between nodes, for either end, as the files say now: after a change it is another.
    public SSLContext peerContext() {
        return loaded.peerContext();
    }

    /// Connections to other nodes, as the files say now: after a change it is another, and until
    /// then the same, so that connections may be kept by it.
    SSLSocketFactory peerSockets() {
        return loaded.peerSockets();
    }

    /// TLS for a server that anybody may talk to, and that judges each request by [#client].
    public SSLContext openServerContext() {
        return context(keyManager, new AnyClient());
    }

    /// Whom a client's chain names.
    ///
    /// @param chain as the handshake brought it, the client's own first; not empty
    /// @throws RemovedNodeException when it is the certificate of a node that was taken out since
    /// @throws CertificateException in words, when it is not to be believed now
    public Identity client(List<X509Certificate> chain) throws CertificateException {
        Identity client = loaded.authorities().client(chain.toArray(X509Certificate[]::new));
        if (!client.cluster().equals(identity().cluster())) {
            throw new CertificateException(
                    "the certificate of '"
                            + client.name()
                            + "' is for cluster "
                            + client.cluster()
                            + ", not "
                            + identity().cluster());
        }
        Optional<RemovedNodeException> removal = removal(chain.getFirst());
        if (removal.isPresent()) {
            throw removal.get();
        }
        return client;
    }

    /// Why a certificate opens nothing any more: it is a node's, and that node was taken out of the
    /// cluster after it was made. A certificate that is made later opens again, so whoever holds
    /// the authority's key decides who comes back.
    public Optional<RemovedNodeException> removal(X509Certificate certificate) {
        return Identity.of(certificate)
                .filter(found -> found.unit() == Identity.Unit.NODE)
                .flatMap(node ->
                        removals.last(node.name())
                                .filter(at -> !CertificateAuthority.made(certificate).isAfter(at))
                                .map(at -> new RemovedNodeException(node.name(), at)));
    }

    /// Is called after each change, by the thread that noticed it; for whoever copies the files
    /// elsewhere.
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /// Takes up what has changed on the disk.
    ///
    /// @return whether something was taken up
    public boolean refresh() {
        if (!take()) {
            return false;
        }
        LOG.info("the certificate of {} is valid until {} now", identity().name(), expiry());
        listeners.forEach(Runnable::run);
        return true;
    }

    private synchronized boolean take() {
        if (stamps(files).equals(loaded.stamps())) {
            return false;
        }
        try {
            Loaded next = read(files);
            complaint = null;
            boolean changed =
                    !next.credential().equals(loaded.credential())
                            || !next.authorities()
                                    .certificates()
                                    .equals(loaded.authorities().certificates());
            loaded = next;
            return changed;
        } catch (CredentialException e) {
            if (!e.fact().equals(complaint)) {
                LOG.warn("the new certificates are not used: {} (HINT: {})", e.fact(), e.hint());
            }
            complaint = e.fact();
            return false;
        }
    }

    /// Whether less than a third of the certificate's life is left, or it has not begun: it was
    /// made while the clock was wrong.
    public boolean isDue(Instant now) {
        return isDue(loaded.credential().certificate(), now);
    }

    static boolean isDue(X509Certificate certificate, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        Duration life = Duration.between(certificate.getNotBefore().toInstant(), end);
        return now.isAfter(end.minus(life.dividedBy(RENEWED_AT_THE_LAST)))
                || now.isBefore(certificate.getNotBefore().toInstant());
    }

    /// What is to be done about a certificate that is due, with a HINT; empty while it is not.
    public Optional<String> complaint(Instant now) {
        if (!isDue(now)) {
            return Optional.empty();
        }
        Instant begins = loaded.credential().certificate().getNotBefore().toInstant();
        String how =
                now.isBefore(begins)
                        ? "begins only at " + begins
                        : (now.isAfter(expiry()) ? "expired at " : "expires at ") + expiry();
        return Optional.of(
                "the certificate of %s %s\nHINT: run `howdah init renew` where the authority's key is and copy %s here; no restart is needed"
                        .formatted(identity().name(), how, files.certificate()));
    }

    /// Renews the certificate when it is due and the authority's key is here.
    ///
    /// @param host where others reach this node; becomes part of the certificate
    /// @return whether it was renewed
    /// @throws CredentialException when the authority's key cannot be used, or the new certificate
    ///   not be written
    public boolean renewIfDue(String host, Instant now) {
        Path authorityKey = files.authorityKey();
        if (authorityKey == null || !isDue(now)) {
            return false;
        }
        CertificateAuthority.read(files.authority(), authorityKey)
                .renew(files.certificate(), List.of(host, identity().name()), now);
        refresh();
        return true;
    }

    /// The names and addresses a certificate is good for.
    static List<String> hosts(X509Certificate certificate) {
        var hosts = new ArrayList<String>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                names.forEach(name -> hosts.add(String.valueOf(name.get(1))));
            }
        } catch (CertificateParsingException e) {
            LOG.debug("a certificate's names cannot be read: {}", e.getMessage());
        }
        return hosts;
    }

    private Loaded loaded() {
        return loaded;
    }

    private static List<FileTime> stamps(KeyFiles files) {
        var stamps = new ArrayList<FileTime>();
        for (Path file : List.of(files.authority(), files.certificate(), files.key())) {
            try {
                stamps.add(Files.getLastModifiedTime(file));
            } catch (IOException e) {
                stamps.add(FileTime.fromMillis(0));
            }
        }
        return stamps;
    }

    static SSLContext context(
            @Nullable X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    keys == null ? new KeyManager[0] : new KeyManager[] {keys},
                    new TrustManager[] {trust},
                    null);
            context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot do TLS: " + e, e);
        }
    }
}
