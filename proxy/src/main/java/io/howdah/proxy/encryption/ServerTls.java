package io.howdah.proxy.encryption;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/// What the proxy demands of a server's TLS, and shows to it. Thread-safe.
public final class ServerTls {

    private record Contexts(SslContext fast, SSLContext java) {}

    private final ServerTlsSettings settings;
    private final Renewed<Contexts> contexts;

    /// @throws io.howdah.proxy.ProxyException when a file is missing, unfit, or a key is open to
    ///   others
    public ServerTls(ServerTlsSettings settings) {
        this.settings = settings;
        List<Path> files =
                Stream.of(settings.authority(), settings.certificate(), settings.key())
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .toList();
        this.contexts =
                new Renewed<>(
                        files,
                        () ->
                                new Contexts(
                                        build(TlsContexts.provider()),
                                        ((JdkSslContext) build(SslProvider.JDK)).context()));
    }

    private SslContext build(SslProvider provider) {
        SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .sslProvider(provider)
                        .endpointIdentificationAlgorithm(
                                settings.mode() == ServerTlsMode.VERIFY_FULL ? "HTTPS" : null);
        Path authority = settings.authority();
        if (authority == null) {
            // What is not verified cannot be told from what is in between: the mode says so.
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else if (settings.mode() == ServerTlsMode.VERIFY_CA) {
            builder.trustManager(new AnyHost(TlsContexts.certificates(authority)));
        } else {
            builder.trustManager(TlsContexts.certificates(authority));
        }
        Path certificate = settings.certificate();
        Path key = settings.key();
        if (certificate != null && key != null) {
            OwnCertificate own = OwnCertificate.read(certificate, key);
            builder.keyManager(own.key(), own.chain());
        }
        return TlsContexts.build(builder, "the certificates for servers");
    }

    /// How much is demanded.
    public ServerTlsMode mode() {
        return settings.mode();
    }

    /// The same for a connection of Java's own; whoever uses it verifies the host by itself.
    public SSLContext context() {
        return contexts.get().java();
    }

    /// Begins to encrypt a connection.
    public Encrypted connect(ByteBufAllocator allocator, ServerAddress.Tcp server) {
        return new Encrypted(
                contexts.get().fast().newHandler(allocator, server.host(), server.port()), null);
    }
}
