package io.howdah.consensus.ratis;

import io.howdah.consensus.StoreException;
import io.howdah.consensus.Transport;
import java.util.List;
import javax.net.ssl.SSLException;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.ClientAuth;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;

/// Both ends of TLS between peers, in the words of the Netty that Ratis carries. Ratis could make
/// them from the same managers, but its sessions can be resumed for a day, past the certificates
/// that they began with.
///
/// @param server for connections that others make
/// @param client for our own
/// @param door judges what comes through the connections that others make
record PeerTls(SslContext server, SslContext client, PeerDoor door) {

    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    private static final int SHORTEST_SESSION_SECONDS = 1;

    static PeerTls of(Transport.MutualTls tls) {
        try {
            return new PeerTls(
                    configured(SslContextBuilder.forServer(tls.own()), tls)
                            .clientAuth(ClientAuth.REQUIRE)
                            .build(),
                    configured(SslContextBuilder.forClient().keyManager(tls.own()), tls).build(),
                    new PeerDoor(tls.removals()));
        } catch (SSLException e) {
            throw new StoreException(
                    "cannot prepare TLS between the nodes: " + e.getMessage(),
                    "use the Java that Howdah is built with.",
                    e);
        }
    }

    private static SslContextBuilder configured(
            SslContextBuilder builder, Transport.MutualTls tls) {
        // the JDK's own: the native library that Ratis carries would cost memory, and follow
        // another calendar of security updates
        return GrpcSslContexts.configure(builder, SslProvider.JDK)
                .trustManager(tls.believed())
                .protocols(PROTOCOLS)
                .sessionTimeout(SHORTEST_SESSION_SECONDS)
                .sessionCacheSize(1);
    }
}
