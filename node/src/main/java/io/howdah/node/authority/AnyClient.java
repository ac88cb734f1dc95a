package io.howdah.node.authority;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Lets every client through the handshake, which proves only that it holds the key of the
/// certificate it shows; whether that certificate is worth anything is judged at each request, by
/// [KeyMaterial#client]. So a caller whose certificate has expired is told so in words instead of a
/// TLS alert, a resumed session gains nothing, and health checks stay open. For a server whose
/// every request is judged, and for no other use: it believes no server.
final class AnyClient extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        throw noServer();
    }

    private static CertificateException noServer() {
        return new CertificateException("no server is believed here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        // Empty: a client whose certificate is another authority's shows it, and is told why it is
        // refused.
        return new X509Certificate[0];
    }
}
