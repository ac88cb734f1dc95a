package io.howdah.postgres.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/// Opens the socket to a server, within a time.
final class Dialing {

    private Dialing() {}

    /// Tries each of the host's addresses in turn.
    ///
    /// @throws ConnectionFailedException when none of them answers
    /// @throws DeadlineExceededException when it takes longer than `limit`
    static SocketChannel connect(ServerAddress address, Duration limit) {
        long startNanos = System.nanoTime();
        WireException failure = null;
        for (SocketAddress candidate : resolve(address)) {
            Duration left = limit.minusNanos(System.nanoTime() - startNanos);
            if (!left.isPositive()) {
                break;
            }
            try {
                return connectTo(address, candidate, left, limit);
            } catch (WireException e) {
                failure = e;
            }
        }
        throw failure != null ? failure : overdue(address, "connecting", limit, null);
    }

    static DeadlineExceededException overdue(
            ServerAddress address, String what, Duration limit, @Nullable Throwable cause) {
        return new DeadlineExceededException(
                what
                        + ": PostgreSQL at "
                        + address
                        + " did not answer within "
                        + limit.toMillis()
                        + " ms; the connection is closed",
                cause);
    }

    static String reason(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static List<SocketAddress> resolve(ServerAddress address) {
        try {
            return switch (address) {
                case ServerAddress.UnixSocket unix ->
                        List.of(UnixDomainSocketAddress.of(unix.file()));
                case ServerAddress.Tcp(String host, int port) -> {
                    List<SocketAddress> addresses = new ArrayList<>();
                    for (InetAddress resolved : InetAddress.getAllByName(host)) {
                        addresses.add(new InetSocketAddress(resolved, port));
                    }
                    yield addresses;
                }
            };
        } catch (IOException e) {
            throw unreachable(address, e);
        }
    }

    private static SocketChannel connectTo(
            ServerAddress address, SocketAddress candidate, Duration left, Duration limit) {
        SocketChannel channel = null;
        Deadline connecting = null;
        try {
            boolean unix = address instanceof ServerAddress.UnixSocket;
            channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
            connecting = Deadline.start(channel, left);
            if (!unix) {
                prepareTcp(channel);
            }
            channel.connect(candidate);
            return channel;
        } catch (IOException | RuntimeException e) {
            closeQuietly(channel);
            if (connecting != null && connecting.exceeded()) {
                throw overdue(address, "connecting", limit, e);
            }
            throw unreachable(address, e);
        } finally {
            if (connecting != null) {
                connecting.close();
            }
        }
    }

    /// A server whose host vanished must be noticed by an idle connection too, in about 10 s.
    private static void prepareTcp(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 5);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 2);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
        }
    }

    static void closeQuietly(@Nullable SocketChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // There is nothing on it that anybody waits for.
            }
        }
    }

    private static ConnectionFailedException unreachable(ServerAddress address, Throwable e) {
        return new ConnectionFailedException(
                "cannot connect to PostgreSQL at "
                        + address
                        + ": "
                        + reason(e)
                        + "\nHINT: is it running, and does it listen there?",
                e);
    }
}
