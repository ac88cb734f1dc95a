package io.howdah.node.beside;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/// How a process beside a node is replaced while it serves: the next one takes its place, and it
/// ends by itself once it is needed no more. Immutable.
///
/// @param socket where the one that serves waits for the next
/// @param stay how long it may serve those that it has, at most
public record Handover(Path socket, Duration stay) {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// Whether a process is there and gives its place away. One that hangs does not, nor one of a
    /// version that did not know how. Asking changes nothing.
    boolean isOffered() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
                return false;
            }
            channel.register(selector, SelectionKey.OP_READ);
            // What it gives comes with a byte.
            return selector.select(PATIENCE.toMillis()) > 0
                    && channel.read(ByteBuffer.allocate(1)) > 0;
        } catch (IOException e) {
            return false;
        }
    }
}
