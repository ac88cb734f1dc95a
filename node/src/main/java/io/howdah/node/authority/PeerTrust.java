package io.howdah.node.authority;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Believes nodes of this cluster, and nobody else, at either end of a connection: the authority
/// must be the cluster's, and the certificate a node's. An operator's certificate, though made by
/// the same authority, is not enough. Follows a change of the authority's file. Thread-safe.
final class PeerTrust extends X509ExtendedTrustManager {

    private final Supplier<Authorities> authorities;
    private final Supplier<Optional<String>> cluster;

    /// @param cluster the organisation that a peer's certificate must name
    PeerTrust(Supplier<Authorities> authorities, Supplier<String> cluster) {
        this.authorities = authorities;
        this.cluster = () -> Optional.of(cluster.get());
    }

    /// Believes the nodes of whatever cluster these authorities make: for a client, to whom the
    /// authority is the cluster.
    PeerTrust(Authorities authorities) {
        this.authorities = () -> authorities;
        this.cluster = Optional::empty;
    }

    private interface Check {
        void run(X509ExtendedTrustManager verifier) throws CertificateException;
    }

    private void require(X509Certificate[] chain, Check check) throws CertificateException {
        try {
            check.run(authorities.get().verifier());
        } catch (CertificateException e) {
            throw chain.length == 0
                    ? e
                    : new CertificateException(Authorities.reason(chain[0], e), e);
        }
        Identity peer = Authorities.identity(chain[0]);
        if (peer.unit() != Identity.Unit.NODE) {
            throw new CertificateException(
                    "the certificate of '"
                            + peer.name()
                            + "' is a client's ("
                            + peer.unit().text()
                            + "), not a node's");
        }
        String ours = cluster.get().orElse(peer.cluster());
        if (!peer.cluster().equals(ours)) {
            throw new CertificateException(
                    "the certificate of '"
                            + peer.name()
                            + "' is for cluster "
                            + peer.cluster()
                            + ", not "
                            + ours);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        require(chain, verifier -> verifier.checkClientTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        require(chain, verifier -> verifier.checkServerTrusted(chain, type, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        require(chain, verifier -> verifier.checkClientTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        require(chain, verifier -> verifier.checkServerTrusted(chain, type, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        require(chain, verifier -> verifier.checkClientTrusted(chain, type));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        require(chain, verifier -> verifier.checkServerTrusted(chain, type));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.get().certificates().toArray(X509Certificate[]::new);
    }
}
