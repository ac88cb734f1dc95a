package io.howdah.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pause, configuration and scheduled switchovers over HTTP, by our own client and by others'.
class OperationsEndpointsTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

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

    @AfterAll
    static void closeClient() {
        HTTP.close();
    }

    @Test
    void pauseAndResumeAreAskedForWithWhoAndWhy() {
        client().pause(new PauseRequest("alice", "new disks"));
        client().resume(new PauseRequest("alice", null));
        assertThat(node.requests)
                .containsExactly(
                        new PauseRequest("alice", "new disks"), new PauseRequest("alice", null));
    }

    @Test
    void theConfigurationIsToldAsTheClusterHasIt() throws Exception {
        assertThat(send("GET", "/config", null).statusCode()).isEqualTo(503);
        var config =
                new ConfigDocument(
                        3,
                        "alice",
                        Instant.parse("2026-03-01T10:00:00Z"),
                        "strict",
                        "auto",
                        new ConfigDocument.Postgres(
                                new TreeMap<>(Map.of("work_mem", "64MB")), List.of("local all")));
        node.config = config;
        assertThat(client().config()).isEqualTo(config);
        assertThat(send("GET", "/config", null).body())
                .contains("\"version\":3")
                .contains("\"synchronous-standbys\":\"auto\"")
                .contains("\"work_mem\":\"64MB\"");
    }

    @Test
    void aPatchAsPatroniWritesItIsUnderstood() throws Exception {
        HttpResponse<String> answer =
                send(
                        "PATCH",
                        "/config",
                        "{\"pause\":true,\"ifVersion\":4,\"postgresql\":{\"parameters\":{\"max_connections\":300,\"work_mem\":null}}}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(node.requests)
                .containsExactly(
                        new ConfigChange(
                                null,
                                4L,
                                false,
                                true,
                                new TreeMap<>(Map.of("postgres.parameters.max_connections", "300")),
                                List.of("postgres.parameters.work_mem"),
                                null));
    }

    @Test
    void ourOwnClientSaysTheSame() {
        var change =
                new ConfigChange(
                        "alice",
                        7L,
                        true,
                        null,
                        new TreeMap<>(Map.of("durability", "strict", "postgres.parameters.a", "b")),
                        List.of("synchronous-standbys"),
                        List.of("local all all scram-sha-256"));
        client().changeConfig(change);
        assertThat(node.requests).containsExactly(change);
    }

    @Test
    void whatIsNoConfigurationIsRefused() throws Exception {
        for (String body :
                List.of(
                        "",
                        "[]",
                        "{\"postgres\":1}",
                        "{\"postgres\":{\"parameters\":[]}}",
                        "{\"postgres\":{\"access\":[1]}}",
                        "{\"durability\":{}}",
                        "{\"ifVersion\":\"x\"}",
                        "{\"pause\":\"yes\"}",
                        "{\"a\":1,\"a\":2}")) {
            HttpResponse<String> answer = send("PATCH", "/config", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body()).contains("send such as");
        }
        assertThat(node.requests).isEmpty();
    }

    @Test
    void aSwitchoverForLaterIsAcceptedNotDone() throws Exception {
        node.outcome = ActionOutcome.accepted("at 03:00");
        HttpResponse<String> answer =
                send(
                        "POST",
                        "/switchover",
                        "{\"leader\":\"n1\",\"candidate\":\"n2\",\"scheduled_at\":\"2026-12-01T03:00:00+01:00\"}");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).contains("\"ok\":true");
        assertThat(node.requests)
                .containsExactly(
                        new SwitchoverRequest(
                                "n1", "n2", Instant.parse("2026-12-01T02:00:00Z"), null));
    }

    @Test
    void aScheduledSwitchoverIsCancelledByDelete() throws Exception {
        assertThat(send("DELETE", "/switchover", null).statusCode()).isEqualTo(200);
        client().cancelSwitchover();
        assertThat(node.requests).containsExactly("cancel", "cancel");
        assertThat(send("DELETE", "/failover", null).statusCode()).isEqualTo(405);
    }

    private ApiClient client() {
        return ApiClient.of("127.0.0.1:" + server.port());
    }

    private HttpResponse<String> send(String method, String path, @Nullable String body)
            throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
