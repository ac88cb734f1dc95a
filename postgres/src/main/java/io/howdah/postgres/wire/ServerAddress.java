package io.howdah.postgres.wire;

import java.nio.file.Path;

/// Where a PostgreSQL server listens. Immutable.
public sealed interface ServerAddress {

    /// The port, 1 to 65535. For a unix socket it is part of the file's name.
    int port();

    /// A unix socket: the file `.s.PGSQL.<port>` in a directory.
    ///
    /// @param directory the directory that holds the socket, the server's `unix_socket_directories`
    /// @param port 1 to 65535
    record UnixSocket(Path directory, int port) implements ServerAddress {

        /// @throws IllegalArgumentException when the port is out of range
        public UnixSocket {
            checkPort(port);
        }

        /// The socket itself.
        public Path file() {
            return directory.resolve(".s.PGSQL." + port);
        }

        @Override
        public String toString() {
            return file().toString();
        }
    }

    /// A TCP address.
    ///
    /// @param host a name or a numeric address, resolved at each connect
    /// @param port 1 to 65535
    record Tcp(String host, int port) implements ServerAddress {

        /// @throws IllegalArgumentException when the host is empty or the port is out of range
        public Tcp {
            if (host.isBlank()) {
                throw new IllegalArgumentException("a host is needed, not '" + host + "'");
            }
            checkPort(port);
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    private static void checkPort(int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + port + " (expected 1 to 65535)");
        }
    }
}
