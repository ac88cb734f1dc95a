package io.howdah.proxy.encryption;

import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// One encrypted connection, as far as a login is concerned.
public final class Encrypted {

    private final SslHandler handler;
    private final byte @Nullable [] ownEndPoint;

    /// @param ownEndPoint of the certificate that we show; null where the other side is the server
    Encrypted(SslHandler handler, byte @Nullable [] ownEndPoint) {
        this.handler = handler;
        this.ownEndPoint = ownEndPoint;
    }

    /// Goes to the front of the channel's pipeline.
    public SslHandler handler() {
        return handler;
    }

    /// What ties a login to this connection; empty for nothing. Once hands are shaken.
    public byte[] endPoint() {
        if (ownEndPoint != null) {
            return ownEndPoint.clone();
        }
        return peer().map(EndPoint::of).orElseGet(() -> new byte[0]);
    }

    /// Whether the other side showed a certificate, which was then verified.
    public boolean hasPeerCertificate() {
        return peer().isPresent();
    }

    /// The one common name of the other side's certificate.
    public Optional<String> peerName() {
        return peer().filter(X509Certificate.class::isInstance)
                .flatMap(certificate -> commonName((X509Certificate) certificate));
    }

    /// The protocol inside that both sides have agreed on; empty for none.
    public Optional<String> protocol() {
        return Optional.ofNullable(handler.applicationProtocol());
    }

    private Optional<Certificate> peer() {
        try {
            Certificate[] chain = handler.engine().getSession().getPeerCertificates();
            return chain.length == 0 ? Optional.empty() : Optional.of(chain[0]);
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty();
        }
    }

    private static Optional<String> commonName(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            var subject = new LdapName(certificate.getSubjectX500Principal().getName());
            for (Rdn part : subject.getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    names.add(String.valueOf(part.getValue()));
                }
            }
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
        // With two names nobody can say which one was meant.
        return names.size() == 1 ? Optional.of(names.getFirst()) : Optional.empty();
    }
}
