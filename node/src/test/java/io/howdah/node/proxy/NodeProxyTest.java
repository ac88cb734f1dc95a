package io.howdah.node.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.beside.BesideFiles;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The proxy beside a node, and what happens to its agent meanwhile.
@Timeout(60)
class NodeProxyTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    @TempDir private Path folder;

    private NodeConfiguration configuration() throws IOException {
        secret("secrets/replication");
        secret("secrets/rewind");
        secret("data/secrets/lookup-password");
        Path file =
                Files.writeString(
                        folder.resolve("howdah.yaml"),
                        """
                        cluster: demo
                        node: n1
                        directory: data
                        nodes:
                          n1: {host: 127.0.0.1, postgres-port: 1, api-port: 2, consensus-port: 3}
                        postgres:
                          replication-password-file: secrets/replication
                          rewind-password-file: secrets/rewind
                        proxy:
                          listen: 127.0.0.1:%d
                        """
                                .formatted(FreePorts.one()));
        return NodeConfigurationFile.read(file);
    }

    private void secret(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "secret\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    /// A proxy that serves, and gives its place away when it is told to.
    private static ServerSocketChannel former(Path socket) throws IOException {
        ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        door.bind(UnixDomainSocketAddress.of(socket));
        return door;
    }

    @Test
    void nextAgentIsHeardWhileTheFormerProxyDoesNotGiveItsPlaceAway() throws Exception {
        NodeConfiguration configuration = configuration();
        BesideFiles files = BesideFiles.proxy(configuration.directory());
        files.prepare();
        Path events = ProxyStream.socket(files);
        var next = new CompletableFuture<Void>();
        try (ServerSocketChannel door = former(NodeProxySettings.handover(files).socket())) {
            CompletableFuture<?> starting;
            SocketChannel waits;
            try (var agent = new ProxyStream(events, () -> Reports.led("n1", 3, "n1"), LEASE)) {
                agent.open();
                starting =
                        CompletableFuture.runAsync(
                                () -> NodeProxy.start(configuration, "test", () -> {}),
                                Thread::startVirtualThread);
                waits = door.accept();
            }
            try (waits;
                    var agent =
                            new ProxyStream(
                                    events,
                                    () -> {
                                        next.complete(null);
                                        return Reports.led("n1", 3, "n1");
                                    },
                                    LEASE)) {
                agent.open();
                Await.until("it comes to the next agent", () -> next.isDone());
                assertThat(starting).isNotDone();
            }
            assertThat(starting).failsWithin(Duration.ofSeconds(30));
        }
    }
}
