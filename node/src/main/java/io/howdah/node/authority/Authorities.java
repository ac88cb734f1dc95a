package io.howdah.node.authority;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// The authorities that are believed, and nobody else: what the JDK trusts by itself plays no part.
/// Immutable.
final class Authorities {

    private final List<X509Certificate> certificates;
    private final X509ExtendedTrustManager verifier;

    /// @param certificates of the authorities; at least one
    Authorities(List<X509Certificate> certificates) {
        this.certificates = List.copyOf(certificates);
        this.verifier = verifier(certificates);
    }

    List<X509Certificate> certificates() {
        return certificates;
    }

    /// The JDK's own rules (validity, chain, key usage, host name) with these authorities.
    X509ExtendedTrustManager verifier() {
        return verifier;
    }

    /// Whom a client's chain names.
    ///
    /// @throws CertificateException in words, when it is not to be believed now
    Identity client(X509Certificate... chain) throws CertificateException {
        try {
            verifier.checkClientTrusted(chain, "UNKNOWN");
        } catch (CertificateException e) {
            throw new CertificateException(reason(chain[0], e), e);
        }
        return identity(chain[0]);
    }

    static Identity identity(X509Certificate certificate) throws CertificateException {
        return Identity.of(certificate)
                .orElseThrow(() ->
                        new CertificateException(
                                "the certificate of "
                                        + certificate.getSubjectX500Principal().getName()
                                        + " does not say what its holder may do"));
    }

    /// Why a chain is not believed, in words; the JDK's are about paths and anchors.
    static String reason(X509Certificate certificate, CertificateException problem) {
        String whose =
                "the certificate of '"
                        + Identity.of(certificate)
                                .map(Identity::name)
                                .orElse(certificate.getSubjectX500Principal().getName())
                        + "'";
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return whose + " expired at " + certificate.getNotAfter().toInstant();
            }
            if (cause instanceof CertificateNotYetValidException) {
                return whose
                        + " is valid from "
                        + certificate.getNotBefore().toInstant()
                        + " only (is a clock wrong?)";
            }
        }
        String words = String.valueOf(problem.getMessage());
        if (words.contains("key usage") || words.contains("KeyUsage")) {
            return whose + " is not meant for this end of a connection";
        }
        if (words.contains("No subject alternative") || words.contains("No name matching")) {
            return whose + " is for another host: " + words;
        }
        return whose + " was not made by this cluster's authority";
    }

    private static X509ExtendedTrustManager verifier(List<X509Certificate> certificates) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("authority-" + i, certificates.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new IllegalStateException("this Java has no PKIX trust manager");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java cannot verify certificates: " + e, e);
        }
    }
}
