package io.howdah.node.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.node.beside.BesideFiles;
import io.howdah.node.configuration.ConfigurationException;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The proxy beside a node, and what happens to its agent meanwhile.
@Timeout(60)
class NodeProxyTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    @TempDir private Path folder;

    private final int port = FreePorts.one();

    /// @param further what the section `proxy` says besides
    private NodeConfiguration configuration(String further) throws IOException {
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
                          timeouts: {client-login: 500ms}
                          %s
                        """
                                .formatted(port, further));
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
        NodeConfiguration configuration = configuration("");
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

    private static final String NOBODY = "access: [host all all all reject]";

    /// Whether somebody from here is sent away by a rule, and not since nobody leads.
    private boolean isRejected() {
        try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            var packet = new ByteArrayOutputStream();
            packet.writeBytes(new byte[] {0, 3, 0, 0});
            packet.writeBytes("user\0ann\0database\0app\0\0".getBytes(US_ASCII));
            var out = new DataOutputStream(client.getOutputStream());
            out.writeInt(packet.size() + 4);
            packet.writeTo(out);
            return new String(client.getInputStream().readNBytes(40), US_ASCII).contains("C28000");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void linesOfAccessThatHaveChangedHoldAfterItsConfigurationIsReadAgain() throws Exception {
        NodeConfiguration configuration = configuration(NOBODY);
        BesideFiles files = BesideFiles.proxy(configuration.directory());
        files.prepare();
        var access = new AtomicReference<List<String>>(List.of("host all all 127.0.0.1/32 trust"));
        try (var agent =
                new ProxyStream(
                        ProxyStream.socket(files),
                        () ->
                                Reports.admitting(
                                        Reports.led("n1", 3, "n1"),
                                        Objects.requireNonNull(access.get())),
                        LEASE)) {
            agent.open();
            try (NodeProxy proxy = NodeProxy.start(configuration, "test", () -> {}).orElseThrow()) {
                assertThat(isRejected()).isTrue();
                assertThat(proxy.reload(configuration("access: [host all all all scram-sha-256]")))
                        .isEmpty();
                assertThat(isRejected()).isFalse();
                assertThat(proxy.reload(configuration(NOBODY))).isEmpty();
                assertThat(isRejected()).isTrue();
                assertThat(proxy.reload(configuration(""))).isEmpty();
                Await.until("the cluster's hold", () -> !isRejected());
                access.set(List.of("host all all all reject"));
                agent.changed();
                Await.until("others were agreed on", this::isRejected);
            }
        }
    }

    /// Else nobody would come in whom it is for, and the node would run on.
    @Test
    void lineThatCannotBeFollowedIsRefused() {
        assertThatThrownBy(() -> configuration("access: [host all +staff all scram-sha-256]"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("access")
                .hasMessageContaining("+staff")
                .hasMessageContaining("HINT: ");
    }
}
