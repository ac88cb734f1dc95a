package io.howdah.proxy.encryption;

import com.ongres.scram.common.util.TlsServerEndpoint;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;

/// What ties a login to a connection: the hash of the server's certificate (RFC 5929,
/// `tls-server-end-point`).
final class EndPoint {

    private EndPoint() {}

    /// The hash; empty for a kind of signature for which there is none, as Ed25519.
    static byte[] of(Certificate certificate) {
        try {
            return certificate instanceof X509Certificate x509
                    ? TlsServerEndpoint.getChannelBindingData(x509)
                    : new byte[0];
        } catch (CertificateEncodingException e) {
            return new byte[0];
        }
    }
}
