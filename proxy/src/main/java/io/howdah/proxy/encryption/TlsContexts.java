package io.howdah.proxy.encryption;

import io.howdah.proxy.ProxyException;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/// What both sides have in common: where TLS comes from, its versions, and certificates in files.
final class TlsContexts {

    static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    static {
        // Both providers look there, and nowhere else, for whether servers hand out tickets.
        System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
    }

    private TlsContexts() {}

    /// BoringSSL where it can be loaded: it costs about half of what Java's own does.
    static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    /// @param what it is made of, for an error
    static SslContext build(SslContextBuilder builder, String what) {
        try {
            return builder.protocols(PROTOCOLS).build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new ProxyException(
                    "cannot use " + what + ": " + e.getMessage(),
                    "are these certificates fit for TLS?",
                    e);
        }
    }

    /// Lets each connection shake hands in full, as PostgreSQL does: a resumed session would
    /// outlive the certificates that it began with. Java's own TLS cannot be told so: there it is a
    /// second.
    static SslContext withoutResumption(SslContext context) {
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        } else {
            context.sessionContext().setSessionTimeout(1);
        }
        return context;
    }

    /// The certificates in a PEM file, at least one.
    static X509Certificate[] certificates(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (found.isEmpty()) {
                throw new ProxyException(
                        file + " holds no certificate", "is it the right file?", null);
            }
            return found.toArray(X509Certificate[]::new);
        } catch (CertificateException e) {
            throw new ProxyException(
                    file + " is not a PEM file with certificates", "is it the right file?", e);
        } catch (IOException e) {
            throw PrivateFile.unreadable(file, e);
        }
    }
}
