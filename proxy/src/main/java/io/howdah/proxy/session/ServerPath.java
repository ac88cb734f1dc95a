package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.encryption.ServerTls;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// How a server connection was opened. What belongs to it later goes the same way, wherever its
/// database is by then.
///
/// @param server where it was sought, by the name for which a certificate is
/// @param tls how it was encrypted
/// @param found where it was found: the server, by its address
record ServerPath(ServerAddress server, ServerTls tls, ServerAddress found) {

    /// To a server that was not found yet.
    static ServerPath to(ServerAddress server, ServerTls tls) {
        return new ServerPath(server, tls, server);
    }

    /// The same, where the connection has led to.
    ServerPath foundAt(SocketAddress address) {
        return address instanceof InetSocketAddress internet && !internet.isUnresolved()
                ? new ServerPath(
                        server,
                        tls,
                        new ServerAddress.Tcp(
                                internet.getAddress().getHostAddress(), internet.getPort()))
                : this;
    }
}
