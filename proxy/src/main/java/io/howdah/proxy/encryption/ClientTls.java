package io.howdah.proxy.encryption;

import io.howdah.proxy.settings.ClientTlsSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/// What the proxy shows to clients that encrypt. Thread-safe.
public final class ClientTls {

    /// The name of PostgreSQL's protocol inside TLS (ALPN), without which it must not begin with
    /// TLS at once.
    public static final String PROTOCOL = "postgresql";

    private record Identity(SslContext context, X509Certificate certificate) {}

    private final ClientTlsSettings settings;
    private final Renewed<Identity> identity;

    /// @throws io.howdah.proxy.ProxyException when a file is missing, unfit, or a key is open to
    ///   others
    public ClientTls(ClientTlsSettings settings) {
        this.settings = settings;
        Path authority = settings.clientAuthority();
        List<Path> files =
                authority == null
                        ? List.of(settings.certificate(), settings.key())
                        : List.of(settings.certificate(), settings.key(), authority);
        this.identity = new Renewed<>(files, this::read);
    }

    private Identity read() {
        OwnCertificate own = OwnCertificate.read(settings.certificate(), settings.key());
        SslContextBuilder builder = SslContextBuilder.forServer(own.key(), own.chain());
        builder.sslProvider(TlsContexts.provider())
                .applicationProtocolConfig(
                        new ApplicationProtocolConfig(
                                Protocol.ALPN,
                                SelectorFailureBehavior.NO_ADVERTISE,
                                SelectedListenerFailureBehavior.ACCEPT,
                                PROTOCOL));
        Path authority = settings.clientAuthority();
        if (authority != null) {
            // As PostgreSQL: a certificate is not demanded here, but a wrong one is not taken.
            builder.trustManager(TlsContexts.certificates(authority))
                    .clientAuth(ClientAuth.OPTIONAL);
        }
        return new Identity(
                TlsContexts.withoutResumption(
                        TlsContexts.build(builder, "the certificate " + settings.certificate())),
                own.chain()[0]);
    }

    /// Whether whoever does not encrypt is refused.
    public boolean isRequired() {
        return settings.required();
    }

    /// Begins to encrypt a connection.
    public Encrypted accept(ByteBufAllocator allocator) {
        Identity now = identity.get();
        return new Encrypted(now.context().newHandler(allocator), EndPoint.of(now.certificate()));
    }

    /// Looks whether the files were renewed.
    void look() {
        identity.look();
    }
}
