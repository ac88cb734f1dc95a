package io.howdah.consensus.ratis;

import static io.howdah.consensus.ratis.Neighbours.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.consensus.StoreUnavailableException;
import io.howdah.consensus.Transport;
import io.howdah.testing.Await;
import io.howdah.testing.TestAuthority;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTlsTest {

    private static final int SILENCE_MILLIS = 30_000;

    private final TestAuthority ours = new TestAuthority("ours");
    private final TestAuthority theirs = new TestAuthority("theirs");

    @TempDir Path directory;

    private Transport.MutualTls showing(TestAuthority.Holder holder) {
        return new Transport.MutualTls(holder.keyManager(), ours.trustManager());
    }

    private Neighbours formed() {
        Neighbours nodes = new Neighbours(directory, "n1", "n2", "n3");
        for (String name : List.of("n1", "n2", "n3")) {
            nodes.use(name, showing(ours.holder(name, "127.0.0.1")));
            nodes.open(name);
        }
        nodes.awaitFormed("n1", "n2", "n3");
        return nodes;
    }

    @Test
    void nodesOfOneAuthorityAgreeEncrypted() {
        try (Neighbours nodes = formed()) {
            get(nodes.store(nodes.follower()).submit("hello"));
            nodes.awaitSame(List.of("hello"));

            String leader = nodes.leader();
            nodes.kill(leader);
            get(nodes.store(nodes.follower()).submit("again"));
            nodes.open(leader);
            nodes.awaitSame(List.of("hello", "again"));
        }
    }

    @Test
    void doorStaysClosedWithoutTheRightKey() throws IOException {
        try (Neighbours nodes = formed()) {
            int port = nodes.port("n1");
            assertThat(admits(port, ours.context(ours.holder("n2", "127.0.0.1")))).isTrue();

            assertThat(admits(port, ours.context())).as("without a certificate").isFalse();
            assertThat(admits(port, ours.context(theirs.holder("n2", "127.0.0.1"))))
                    .as("another cluster's")
                    .isFalse();
            assertThat(admits(port, ours.context(ours.expired("n2", "127.0.0.1"))))
                    .as("expired")
                    .isFalse();
            assertThat(answersInPlainText(port)).as("unencrypted").isFalse();
            get(nodes.store("n1").submit("undisturbed"));
        }
    }

    @Test
    void nodeThatWasTakenOutIsHeardNoMoreOnTheConnectionsItHas() {
        Set<X509Certificate> removed = ConcurrentHashMap.newKeySet();
        try (Neighbours nodes = new Neighbours(directory, "n1", "n2", "n3")) {
            TestAuthority.Holder third = ours.holder("n3", "127.0.0.1");
            for (String name : List.of("n1", "n2", "n3")) {
                TestAuthority.Holder own =
                        name.equals("n3") ? third : ours.holder(name, "127.0.0.1");
                nodes.use(
                        name,
                        new Transport.MutualTls(
                                own.keyManager(),
                                ours.trustManager(),
                                certificate ->
                                        removed.contains(certificate)
                                                ? Optional.of("n3")
                                                : Optional.empty()));
                nodes.open(name);
            }
            nodes.awaitFormed("n1", "n2", "n3");
            get(nodes.store("n3").submit("hello"));

            removed.add(third.certificate());

            Await.until(
                    "the others agree without it",
                    () ->
                            nodes.store("n1")
                                    .submit("unheard")
                                    .handle((done, e) -> e == null)
                                    .join());
            assertThatThrownBy(() -> nodes.store("n3").submit("but it tries").join())
                    .hasCauseInstanceOf(StoreUnavailableException.class);
            Await.until(
                    "it is taken out",
                    () -> nodes.store("n1").removePeer("n3").handle((done, e) -> e == null).join());
            Await.until(
                    "it knows that it is out",
                    () -> nodes.store("n3").status().equals("removed from the group"));
            Await.until(
                    "nobody is disturbed",
                    () ->
                            nodes.store("n2")
                                    .submit("goes on")
                                    .handle((done, e) -> e == null)
                                    .join());
            assertThat(get(nodes.store("n1").read()).state().words())
                    .contains("hello", "unheard", "goes on")
                    .doesNotContain("but it tries");
        }
    }

    @Test
    void peerWhoseCertificateIsForAnotherHostIsNotTalkedTo() throws InterruptedException {
        try (Neighbours nodes = new Neighbours(directory, "n1")) {
            nodes.use("n1", showing(ours.holder("n1", "192.0.2.1")));
            nodes.open("n1");
            nodes.awaitFormed("n1");

            assertThatThrownBy(() -> call(nodes.port("n1")))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasRootCauseMessage(
                            "No subject alternative names matching IP address 127.0.0.1 found");
        }
    }

    /// As Ratis calls a peer.
    private void call(int port) throws InterruptedException {
        PeerTls tls = PeerTls.of(showing(ours.holder("n2", "127.0.0.1")));
        ManagedChannel channel =
                NettyChannelBuilder.forTarget("127.0.0.1:" + port)
                        .useTransportSecurity()
                        .sslContext(tls.client())
                        .build();
        try {
            RaftServerProtocolServiceGrpc.newBlockingStub(channel)
                    .requestVote(RequestVoteRequestProto.getDefaultInstance());
        } finally {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    /// Whether the server says something: HTTP/2 begins with its settings.
    private static boolean admits(int port, SSLContext context) throws IOException {
        try (Socket socket = context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(SILENCE_MILLIS);
            if (socket instanceof SSLSocket encrypted) {
                var parameters = encrypted.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"h2"});
                encrypted.setSSLParameters(parameters);
                encrypted.startHandshake();
            }
            return socket.getInputStream().read() >= 0;
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean answersInPlainText(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(SILENCE_MILLIS);
            socket.getOutputStream()
                    .write(
                            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            int first = socket.getInputStream().read();
            // an alert of TLS is no answer
            return first >= 0 && first != 21;
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }
}
