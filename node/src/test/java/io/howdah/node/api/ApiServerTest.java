package io.howdah.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.node.authority.Credentials;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ApiServerTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final FakeNodeView node =
            new FakeNodeView(
                    FakeNodeView.member(
                            "n1", MemberRole.PRIMARY, MemberState.RUNNING, "http://127.0.0.1:1"));
    private final ApiServer server = new ApiServer("127.0.0.1", 0, node, 500);

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @AfterAll
    static void closeClient() {
        HTTP.close();
    }

    @Test
    void nodeHistoryAndConsensusAreToldAsTheyAre() throws Exception {
        assertThat(ApiJson.read(get("/node").body(), MemberStatus.class)).isEqualTo(node.self);
        assertThat(ApiJson.read(get("/history").body(), HistoryRow[].class))
                .containsExactlyElementsOf(node.history());
        assertThat(get("/consensus").body()).isEqualTo("{\"peer\":\"n1-4711\"}\n");
    }

    @Test
    void clusterIsAskedLiveAndWhoIsGoneIsShownUnreachable() throws Exception {
        FakeNodeView second =
                new FakeNodeView(
                        FakeNodeView.sync(
                                FakeNodeView.member(
                                        "n2",
                                        MemberRole.REPLICA,
                                        MemberState.RUNNING,
                                        "http://h:1"),
                                true,
                                77L));
        try (var other = new ApiServer("127.0.0.1", 0, second);
                var hung = new ServerSocket(0)) {
            other.start();
            node.clusterOf(
                    node.self,
                    FakeNodeView.member(
                                    "n2",
                                    MemberRole.REPLICA,
                                    MemberState.STARTING,
                                    "http://127.0.0.1:" + other.port())
                            .withSync(true),
                    FakeNodeView.member(
                            "n3",
                            MemberRole.REPLICA,
                            MemberState.RUNNING,
                            "http://127.0.0.1:" + hung.getLocalPort()),
                    FakeNodeView.member(
                            "n4", MemberRole.WITNESS, MemberState.RUNNING, "http://127.0.0.1:1"),
                    FakeNodeView.member(
                            "n5", MemberRole.REPLICA, MemberState.RUNNING, "not an address"),
                    FakeNodeView.member(
                            "n6",
                            MemberRole.REPLICA,
                            MemberState.RUNNING,
                            "http://127.0.0.1:" + other.port()));

            ClusterStatus cluster = ApiJson.read(get("/cluster").body(), ClusterStatus.class);

            assertThat(cluster.members())
                    .extracting(MemberStatus::name, MemberStatus::role, MemberStatus::state)
                    .containsExactly(
                            row("n1", MemberRole.PRIMARY, MemberState.RUNNING),
                            row("n2", MemberRole.REPLICA, MemberState.RUNNING),
                            row("n3", MemberRole.REPLICA, MemberState.UNREACHABLE),
                            row("n4", MemberRole.WITNESS, MemberState.UNREACHABLE),
                            row("n5", MemberRole.REPLICA, MemberState.UNREACHABLE),
                            row("n6", MemberRole.REPLICA, MemberState.UNREACHABLE));
            assertThat(cluster.members().get(1).sync()).isTrue();
            assertThat(cluster.members().get(1).lagBytes()).isZero();
            assertThat(cluster.members().get(2).lagBytes()).isNull();
            assertThat(cluster.hint())
                    .isEqualTo(
                            "only 2 of 6 nodes can be reached and 4 are needed to agree on a"
                                    + " primary: start `howdah node` on n3, n4, n5, n6, or mend the"
                                    + " network to them");
        }
    }

    private static org.assertj.core.groups.Tuple row(Object... values) {
        return org.assertj.core.api.Assertions.tuple(values);
    }

    @Test
    void changesArePassedOnAndTheirEndIsTheStatus() throws Exception {
        HttpResponse<String> done = post("/switchover", "{\"leader\":\"n1\",\"candidate\":\"n2\"}");
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(done.body()).isEqualTo("{\"ok\":true,\"message\":\"n2 is the primary\"}\n");

        node.outcome = ActionOutcome.refused("n2 is a witness", "choose another");
        HttpResponse<String> refused = post("/failover", "{\"candidate\":\"n2\"}");
        assertThat(refused.statusCode()).isEqualTo(412);
        assertThat(refused.body())
                .isEqualTo(
                        "{\"ok\":false,\"message\":\"n2 is a witness\",\"hint\":\"choose another\"}\n");

        node.outcome = ActionOutcome.wrong("n9 is no member", null);
        assertThat(post("/switchover", "{}").statusCode()).isEqualTo(400);
        node.outcome = ActionOutcome.failed("no leader", null);
        assertThat(post("/switchover", "{}").statusCode()).isEqualTo(503);

        assertThat(node.requests)
                .containsExactly(
                        new SwitchoverRequest("n1", "n2"),
                        new FailoverRequest("n2", false),
                        new SwitchoverRequest(null, null),
                        new SwitchoverRequest(null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "7",
                "{\"candidate\":{}}",
                "{\"canidate\":\"n2\"}",
                "{\"candidate\":\"n2\",\"candidate\":\"n3\"}",
                "{\"candidate\":\"n2\"} {}",
                "\u0000"
            })
    void damagedBodyIsRefusedAndAsksNothingOfTheNode(String body) throws Exception {
        for (String path : List.of("/switchover", "/failover")) {
            HttpResponse<String> answer = post(path, body);
            assertThat(answer.statusCode()).as(path).isEqualTo(400);
            assertThat(answer.body()).contains("\"ok\":false").doesNotContain("Exception");
        }
        assertThat(node.requests).isEmpty();
    }

    @Test
    void failoverNeedsACandidate() throws Exception {
        assertThat(post("/failover", "{\"allowDataLoss\":true}").statusCode()).isEqualTo(400);
        assertThat(node.requests).isEmpty();
    }

    @Test
    void deepOrLongBodyIsRefused() throws Exception {
        assertThat(post("/switchover", "[".repeat(60_000)).statusCode()).isEqualTo(400);
        assertThat(post("/switchover", " ".repeat(65 << 10)).statusCode()).isEqualTo(413);
        assertThat(node.requests).isEmpty();
    }

    @Test
    void webPageCannotChangeTheCluster() throws Exception {
        HttpResponse<String> page =
                send(
                        request("/switchover")
                                .header("Content-Type", "application/json")
                                .header("Origin", "http://evil.example")
                                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(page.statusCode()).isEqualTo(403);
        HttpResponse<String> form =
                send(
                        request("/switchover")
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(form.statusCode()).isEqualTo(415);
        HttpResponse<String> nothing =
                send(request("/switchover").POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(nothing.statusCode()).isEqualTo(415);
        assertThat(node.requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nothing, 404",
        "GET, /restart, 405",
        "POST, /reload, 404",
        "GET, /reinitialize, 405",
        "GET, /primary/, 404",
        "GET, //primary, 400",
        "GET, /Primary, 404",
        "GET, /%2e%2e/etc/passwd, 400",
        "POST, /primary, 405",
        "DELETE, /cluster, 405",
        "GET, /switchover, 405",
        "PATCH, /switchover, 405",
        "PUT, /failover, 405",
        "BREW, /node, 405",
    })
    void whatIsNotOfferedIsRefusedInJson(String method, String path, int status) throws Exception {
        HttpResponse<String> answer =
                send(request(path).method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(ApiJson.read(answer.body(), ActionReply.class).ok()).isFalse();
        assertThat(answer.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
    }

    @Test
    void failureInsideIsAStatusAndNoTrace() throws Exception {
        node.failure = new IllegalStateException("secret detail");
        HttpResponse<String> answer = get("/node");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"ok\":false,\"message\":\"the request failed\","
                                + "\"hint\":\"the node's log says why\"}\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rubbish\r\n\r\n",
                "GET /node HTTP/1.1\r\n\r\n",
                "GET /node HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
                "GET / HTTP/9.9\r\nHost: h\r\n\r\n",
            })
    void damagedHttpIsAnsweredWithoutATrace(String text) throws Exception {
        String answer = raw(text);
        assertThat(answer).matches("(?s)HTTP/1\\.1 (400|505) .*").doesNotContain("\tat ");
        assertThat(answer).contains("\"ok\":false");
    }

    @Test
    void headersWithoutEndAreRefused() throws Exception {
        assertThat(raw("GET /node HTTP/1.1\r\nHost: h\r\nX: " + "y".repeat(20_000)))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void bodyThatNeverComesEndsByItself() throws Exception {
        String answer =
                raw(
                        "POST /switchover HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 10\r\n\r\n{");
        assertThat(answer).doesNotContain("\tat ").doesNotContain("200 OK");
        assertThat(node.requests).isEmpty();
    }

    @Test
    void changeThatTakesLongerThanAConnectionMayIdleIsAnswered() throws Exception {
        var release = new CountDownLatch(1);
        node.changeWaitsFor = release;
        CompletableFuture<HttpResponse<String>> answer =
                HTTP.sendAsync(
                        request("/switchover")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        CompletableFuture.delayedExecutor(1500, TimeUnit.MILLISECONDS).execute(release::countDown);
        assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void manyWhoAskAtOnceAreAllAnswered() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers =
                java.util.stream.IntStream.range(0, 200)
                        .mapToObj(i ->
                                HTTP.sendAsync(
                                        request("/node").GET().build(),
                                        HttpResponse.BodyHandlers.ofString()))
                        .toList();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void probeGetsThroughThoughOthersTookEveryConnection() throws Exception {
        try (var patient = new ApiServer("127.0.0.1", 0, node)) {
            patient.start();
            var idle = new ArrayList<Socket>();
            try {
                for (int i = 0; i < 300; i++) {
                    idle.add(new Socket("127.0.0.1", patient.port()));
                }
                assertThat(
                                new HttpCall(
                                                URI.create(
                                                        "http://127.0.0.1:"
                                                                + patient.port()
                                                                + "/node"),
                                                null,
                                                Credentials.none(),
                                                20_000,
                                                20_000)
                                        .send()
                                        .status())
                        .isEqualTo(200);
            } finally {
                for (Socket socket : idle) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void portInUseIsOneErrorWithAHint() {
        try (var second = new ApiServer("127.0.0.1", server.port(), node)) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(ApiServerException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + server.port() + ": ")
                    .hasMessageContaining("in use\nHINT: ");
        }
    }

    @Test
    void addressOfAnotherMachineIsOneErrorWithAHint() {
        try (var second = new ApiServer("192.0.2.1", 0, node)) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(ApiServerException.class)
                    .hasMessageContaining("\nHINT: ");
        }
    }

    @Test
    void hostThatNobodyKnowsIsOneErrorWithAHint() {
        try (var second = new ApiServer("no-such-host.invalid", 0, node)) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(ApiServerException.class)
                    .hasMessageContaining("\nHINT: ");
        }
    }

    private String raw(String text) throws IOException {
        try (var socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path).GET());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(
                request(path)
                        .header("Content-Type", "application/json; charset=utf-8")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
