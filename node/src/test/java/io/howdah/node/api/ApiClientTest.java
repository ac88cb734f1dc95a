package io.howdah.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.howdah.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ApiClientTest {

    private final FakeNodeView node =
            new FakeNodeView(
                    FakeNodeView.member(
                            "n1", MemberRole.PRIMARY, MemberState.RUNNING, "http://127.0.0.1:1"));
    private final ApiServer server = new ApiServer("127.0.0.1", 0, node);

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everythingThatTheServerTellsArrives() {
        ApiClient client = client("127.0.0.1:" + server.port());
        assertThat(client.node()).isEqualTo(node.self);
        assertThat(client.cluster()).isEqualTo(node.cluster);
        assertThat(client.leadership()).isEqualTo(node.leadership);
        assertThat(client.history()).isEqualTo(node.history());
        assertThat(client.introduction().strip()).isEqualTo(node.introduction());
        assertThat(client.switchover(new SwitchoverRequest(null, "n2")))
                .isEqualTo(new ActionReply(true, "n2 is the primary", null));
        assertThat(client.failover(new FailoverRequest("n2", true)).ok()).isTrue();
        assertThat(node.requests)
                .containsExactly(
                        new SwitchoverRequest(null, "n2"), new FailoverRequest("n2", true));
    }

    @Test
    void nextNodeIsAskedWhenOneIsGoneOrHangs() throws Exception {
        try (var hung = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ApiClient client =
                    client(
                            "http://127.0.0.1:1/, http://127.0.0.1:"
                                    + hung.getLocalPort()
                                    + ",http://127.0.0.1:"
                                    + server.port());
            assertThat(client.node().name()).isEqualTo("n1");
            assertThat(client.switchover(new SwitchoverRequest(null, null)).ok()).isTrue();
            assertThat(node.requests).hasSize(1);
        }
    }

    @Test
    void whoKnowsOfNoLeaderIsNotBelievedWhileAnotherDoes() {
        var cutOff =
                new FakeNodeView(
                        FakeNodeView.member(
                                "n2",
                                MemberRole.REPLICA,
                                MemberState.WAITING,
                                "http://127.0.0.1:1"));
        cutOff.cluster =
                new ClusterStatus("demo", 1, null, false, List.of(), "the nodes cannot agree");
        try (var other = new ApiServer("127.0.0.1", 0, cutOff)) {
            other.start();
            String first = "127.0.0.1:" + other.port();
            assertThat(client(first + ",127.0.0.1:" + server.port()).cluster())
                    .isEqualTo(node.cluster);
            assertThat(client(first + ",127.0.0.1:1").cluster().leader()).isNull();
        }
    }

    @Test
    void changeGoesToANodeThatSeesAMajority() {
        var cutOff = new FakeNodeView(node.self.withCutOff(true));
        try (var other = new ApiServer("127.0.0.1", 0, cutOff)) {
            other.start();
            String first = "127.0.0.1:" + other.port();
            client(first + ",127.0.0.1:1,127.0.0.1:" + server.port())
                    .switchover(new SwitchoverRequest(null, "n2"));
            assertThat(cutOff.requests).isEmpty();
            assertThat(node.requests).hasSize(1);
            // where all are cut off, the first one says so
            client(first + ",127.0.0.1:1").switchover(new SwitchoverRequest(null, "n2"));
            assertThat(cutOff.requests).hasSize(1);
        }
    }

    @Test
    void refusalKeepsItsHint() {
        node.outcome = ActionOutcome.refused("n2 is 16 MB behind", "wait for it");
        assertThatThrownBy(() ->
                        client("127.0.0.1:" + server.port())
                                .switchover(new SwitchoverRequest(null, "n2")))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> {
                            assertThat(e.httpStatus()).isEqualTo(412);
                            assertThat(e.fact()).isEqualTo("n2 is 16 MB behind");
                            assertThat(e.hint()).isEqualTo("wait for it");
                        })
                .hasMessage("n2 is 16 MB behind\nHINT: wait for it");
    }

    @Test
    void nobodyThereIsOneErrorThatNamesEveryAddress() {
        assertThatThrownBy(() -> client("127.0.0.1:1,127.0.0.1:2").cluster())
                .isInstanceOf(NodeUnreachableException.class)
                .hasMessage(
                        "cannot reach any node: http://127.0.0.1:1/ (connection refused),"
                                + " http://127.0.0.1:2/ (connection refused)\n"
                                + "HINT: check that `howdah node` runs there, or name other nodes with"
                                + " --api URL[,URL...]");
    }

    @Test
    void changeWhoseAnswerIsLostIsNotSentAgain() throws Exception {
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        byte[] body = ApiJson.write(node.self).getBytes(StandardCharsets.UTF_8);
        HttpServer dying = HttpServer.create(loopback(), 0);
        dying.createContext(
                "/",
                exchange -> {
                    if (exchange.getRequestURI().getPath().equals("/node")) {
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                    } else {
                        asked.incrementAndGet();
                    }
                    exchange.close();
                });
        dying.start();
        try {
            ApiClient client =
                    client(
                            "127.0.0.1:"
                                    + dying.getAddress().getPort()
                                    + ",127.0.0.1:"
                                    + server.port());
            // a first answer may take longer than a node has while there is another
            Await.until("it answers in time", () -> answers(dying));
            assertThatThrownBy(() -> client.switchover(new SwitchoverRequest(null, null)))
                    .isInstanceOf(NodeUnreachableException.class)
                    .hasMessageContaining("was asked, but did not answer")
                    .hasMessageContaining("HINT: it may still be done");
            assertThat(asked).hasValue(1);
            assertThat(node.requests).isEmpty();
        } finally {
            dying.stop(0);
        }
    }

    private static boolean answers(HttpServer server) {
        try {
            return !client("127.0.0.1:" + server.getAddress().getPort()).node().cutOff();
        } catch (NodeUnreachableException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "", "[]", "{}", "null"})
    void anotherServerIsNotTakenForANode(String body) throws Exception {
        for (int status : List.of(200, 404, 500)) {
            HttpServer other = HttpServer.create(loopback(), 0);
            other.createContext("/", exchange -> answer(exchange, status, body));
            other.start();
            try {
                String address = "127.0.0.1:" + other.getAddress().getPort();
                assertThatThrownBy(() -> client(address).node())
                        .isInstanceOf(NodeUnreachableException.class)
                        .hasMessageContaining("but not as a Howdah node");
            } finally {
                other.stop(0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",", "ftp://h", "http://", "http:// h", "ftp://h:1", "http:/x", ":"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> client(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void answer(
            com.sun.net.httpserver.HttpExchange exchange, int status, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static ApiClient client(String addresses) {
        return ApiClient.of(addresses);
    }
}
