package io.howdah.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.node.authority.Credentials;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.authority.OwnerFile;
import io.howdah.node.authority.Role;
import io.howdah.node.authority.TestCluster;
import io.howdah.node.authority.Tokens;
import io.howdah.node.configuration.ApiAccess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each door of the API tried with every kind of key.
class ApiDoorsTest {

    private static final Duration TWO_YEARS = Duration.ofDays(730);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String EMPTY = "{}";

    /// A request and the least role it needs.
    private record Door(String method, String path, String body, Role needed) {
        @Override
        public String toString() {
            return method + " " + path + " " + body;
        }
    }

    private static final List<Door> DOORS =
            List.of(
                    new Door("GET", "/node", "", Role.READ),
                    new Door("GET", "/leadership", "", Role.READ),
                    new Door("GET", "/cluster", "", Role.READ),
                    new Door("GET", "/history", "", Role.READ),
                    new Door("GET", "/consensus", "", Role.READ),
                    new Door("GET", "/config", "", Role.READ),
                    new Door("GET", "/metrics", "", Role.READ),
                    new Door("HEAD", "/cluster", "", Role.READ),
                    new Door("GET", "/no-such-thing", "", Role.READ),
                    new Door("POST", "/switchover", "{\"candidate\":\"n2\"}", Role.OPERATE),
                    new Door("POST", "/failover", "{\"candidate\":\"n2\"}", Role.OPERATE),
                    new Door(
                            "POST",
                            "/failover",
                            "{\"candidate\":\"n2\",\"allowDataLoss\":true}",
                            Role.ADMIN),
                    new Door("POST", "/restart", EMPTY, Role.OPERATE),
                    new Door("POST", "/pause", EMPTY, Role.OPERATE),
                    new Door("POST", "/resume", EMPTY, Role.OPERATE),
                    new Door("POST", "/reinitialize", EMPTY, Role.ADMIN),
                    new Door("POST", "/adopt", EMPTY, Role.ADMIN),
                    new Door("PATCH", "/config", EMPTY, Role.ADMIN),
                    new Door("POST", "/remove", "{\"node\":\"n3\"}", Role.ADMIN),
                    new Door("POST", "/leave", EMPTY, Role.ADMIN),
                    new Door("DELETE", "/switchover", "", Role.OPERATE),
                    new Door("POST", "/no-such-thing", EMPTY, Role.ADMIN),
                    new Door("DELETE", "/no-such-thing", EMPTY, Role.ADMIN));

    private static final List<String> HEALTH =
            List.of("/", "/primary", "/replica", "/health", "/liveness", "/readiness", "/patroni");

    @TempDir private Path directory;
    private final Instant now = Instant.now();
    private TestCluster cluster;
    private KeyMaterial keys;
    private Path tokens;
    private final Map<String, Instant> removals = new ConcurrentHashMap<>();
    private final List<HttpClient> clients = new ArrayList<>();
    private Optional<ApiServer> server = Optional.empty();

    @BeforeEach
    void openTheDoor() {
        cluster = new TestCluster(directory.resolve("orders"), "orders");
        keys =
                KeyMaterial.load(
                        cluster.node("n1", "127.0.0.1", now),
                        node -> Optional.ofNullable(removals.get(node)));
        tokens = directory.resolve("tokens");
        serve(false);
    }

    private void serve(boolean openReads) {
        server.ifPresent(ApiServer::close);
        var next =
                new ApiServer(
                        "127.0.0.1",
                        0,
                        new FakeNodeView(
                                FakeNodeView.member(
                                        "n1",
                                        MemberRole.PRIMARY,
                                        MemberState.RUNNING,
                                        "https://127.0.0.1:1")),
                        keys,
                        new ApiAccess(openReads, tokens));
        next.start();
        server = Optional.of(next);
    }

    @AfterEach
    void close() {
        clients.forEach(HttpClient::shutdownNow);
        server.ifPresent(ApiServer::close);
    }

    @Test
    void nobodyIsSentAway() throws Exception {
        refusesAll(nobody(), null, 401, "this needs a client certificate or a token");
    }

    @Test
    void wrongTokenIsSentAway() throws Exception {
        refusesAll(nobody(), "Bearer howdah_guess", 401, "the token is not known here");
        refusesAll(nobody(), "Basic YWRtaW46YWRtaW4=", 401, "bearer tokens only");
    }

    @Test
    void expiredCertificateIsSentAway() throws Exception {
        refusesAll(
                cluster.clientContext("ann", Role.ADMIN, now.minus(TWO_YEARS)),
                null,
                401,
                "the certificate of 'ann' expired at");
    }

    @Test
    void certificateOfTheFutureIsSentAway() throws Exception {
        refusesAll(
                cluster.clientContext("ann", Role.ADMIN, now.plus(TWO_YEARS)),
                null,
                401,
                "is valid from");
    }

    @Test
    void anotherClustersAdministratorIsSentAway() throws Exception {
        var other = new TestCluster(directory.resolve("other"), "orders");
        refusesAll(
                other.clientContextBelieving(cluster, "ann", Role.ADMIN, now),
                null,
                401,
                "was not made by this cluster's authority");
    }

    @Test
    void certificateWithoutItsKeyOpensNothing() {
        HttpClient thief = client(cluster.stolenCertificate("ann", Role.ADMIN, now));
        assertThatThrownBy(() -> ask(thief, "GET", "/cluster", "", null))
                .isInstanceOf(IOException.class);
    }

    @Test
    void roleOpensWhatItCoversAndNothingElse() throws Exception {
        for (Role role : Role.values()) {
            HttpClient byCertificate = client(cluster.clientContext("ann", role, now));
            HttpClient byToken = client(nobody());
            String token = "Bearer " + token("bob-" + role.text(), role);
            for (Door door : DOORS) {
                check(door, role, ask(byCertificate, door, null), "ann");
                check(door, role, ask(byToken, door, token), "bob-" + role.text());
            }
        }
    }

    private static void check(Door door, Role role, HttpResponse<String> answer, String who) {
        if (role.covers(door.needed())) {
            assertThat(answer.statusCode()).as("%s by %s", door, role).isNotIn(401, 403);
        } else {
            assertThat(answer.statusCode()).as("%s by %s", door, role).isEqualTo(403);
            assertThat(answer.body())
                    .containsPattern(
                            "this needs the role (operate|admin), and "
                                    + who
                                    + " has "
                                    + role.text())
                    .containsPattern("howdah init client --role (operate|admin)");
        }
    }

    @Test
    void nodeMayAskOnlyWhatNodesAskEachOther() throws Exception {
        KeyMaterial n2 = KeyMaterial.load(cluster.node("n2", "127.0.0.1", now));
        HttpClient node = client(n2.peerContext());
        for (Door door : DOORS) {
            HttpResponse<String> answer = ask(node, door, null);
            if (List.of("/node", "/consensus", "/leadership").contains(door.path())) {
                assertThat(answer.statusCode()).as("%s", door).isEqualTo(200);
            } else {
                assertThat(answer.statusCode()).as("%s", door).isEqualTo(403);
                assertThat(answer.body())
                        .as("%s", door)
                        .contains(door.method().equals("HEAD") ? "" : "n2 is a node");
            }
        }
    }

    @Test
    void nodeThatWasTakenOutIsSentAwayUntilItHasANewCertificate() throws Exception {
        HttpClient n2 =
                client(KeyMaterial.load(cluster.node("n2", "127.0.0.1", now)).peerContext());
        assertThat(ask(n2, "GET", "/consensus", "", null).statusCode()).isEqualTo(200);

        removals.put("n2", now.plusSeconds(60));
        for (Door door : DOORS) {
            HttpResponse<String> answer = ask(n2, door, null);
            assertThat(answer.statusCode()).as("%s", door).isEqualTo(401);
            if (!door.method().equals("HEAD")) {
                assertThat(answer.body())
                        .as("%s", door)
                        .contains("n2 was taken out of the cluster at ")
                        .contains("howdah init renew");
            }
        }

        HttpClient again =
                client(
                        KeyMaterial.load(cluster.node("n2", "127.0.0.1", now.plusSeconds(90)))
                                .peerContext());
        assertThat(ask(again, "GET", "/consensus", "", null).statusCode()).isEqualTo(200);
    }

    @Test
    void aNodeThatWasSentAwayComesAgainWithItsNewCertificateAtOnce() throws Exception {
        KeyMaterial n2 = KeyMaterial.load(cluster.node("n2", "127.0.0.1", now.minusSeconds(60)));
        var client =
                new ApiClient(
                        List.of(URI.create("https://127.0.0.1:" + server.orElseThrow().port())),
                        Credentials.of(n2));
        assertThat(client.introduction()).isNotBlank();
        removals.put("n2", now);
        assertThatThrownBy(client::introduction)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("n2 was taken out of the cluster");

        cluster.node("n2", "127.0.0.1", now.plusSeconds(60));
        Files.setLastModifiedTime(n2.files().key(), FileTime.from(now.plusSeconds(30)));
        HttpClient begunBefore = client(n2.peerContext());
        assertThat(n2.refresh()).isTrue();
        assertThat(ask(begunBefore, "GET", "/consensus", "", null).statusCode()).isEqualTo(401);
        assertThat(client.introduction()).isNotBlank();
    }

    @Test
    void aClientIsNotANodeOfTheSameName() throws Exception {
        removals.put("n2", now.plusSeconds(60));
        HttpClient client = client(cluster.clientContext("n2", Role.ADMIN, now));
        assertThat(ask(client, "GET", "/cluster", "", null).statusCode()).isEqualTo(200);
    }

    @Test
    void healthChecksAreOpenToEverybody() throws Exception {
        for (SSLContext who :
                List.of(nobody(), cluster.clientContext("ann", Role.READ, now.minus(TWO_YEARS)))) {
            HttpClient prober = client(who);
            for (String path : HEALTH) {
                assertThat(ask(prober, "GET", path, "", null).statusCode()).as(path).isIn(200, 503);
            }
        }
    }

    @Test
    void openReadsOpenReadingOnly() throws Exception {
        serve(true);
        HttpClient stranger = client(nobody());
        for (Door door : DOORS) {
            int status = ask(stranger, door, null).statusCode();
            if (door.needed() == Role.READ) {
                assertThat(status).as("%s", door).isNotIn(401, 403);
            } else {
                assertThat(status).as("%s", door).isEqualTo(401);
            }
        }
    }

    @Test
    void tokenThatIsTakenBackOpensNothingAnyMore() throws Exception {
        HttpClient bob = client(nobody());
        String token = "Bearer " + token("bob", Role.READ);
        assertThat(ask(bob, "GET", "/cluster", "", token).statusCode()).isEqualTo(200);
        OwnerFile.writeSecret(tokens, "# nobody\n");
        Files.setLastModifiedTime(tokens, FileTime.from(now.plusSeconds(30)));
        assertThat(ask(bob, "GET", "/cluster", "", token).statusCode()).isEqualTo(401);
    }

    @Test
    void renewedCertificateIsShownWithoutARestart() throws Exception {
        int port = server.orElseThrow().port();
        cluster.node("n1", "127.0.0.1", now.plus(Duration.ofMinutes(5)));
        Files.setLastModifiedTime(keys.files().key(), FileTime.from(now.plusSeconds(30)));
        assertThat(keys.refresh()).isTrue();
        HttpResponse<String> answer =
                ask(
                        client(cluster.clientContext("ann", Role.READ, now)),
                        "GET",
                        "/cluster",
                        "",
                        null);
        var shown =
                (java.security.cert.X509Certificate)
                        answer.sslSession().orElseThrow().getPeerCertificates()[0];
        assertThat(shown.getNotAfter().toInstant()).isEqualTo(keys.expiry());
        assertThat(server.orElseThrow().port()).isEqualTo(port);
    }

    @Test
    void everyChangeIsAskedInTheNameOfItsCaller() throws Exception {
        HttpClient ann = client(cluster.clientContext("ann", Role.OPERATE, now));
        assertThat(ask(ann, "POST", "/switchover", EMPTY, null).statusCode()).isEqualTo(200);
    }

    @Test
    void everyDoorHasOneRole() {
        for (Door door : DOORS) {
            if (!door.body().contains("allowDataLoss")) {
                assertThat(Doors.needed(door.method(), door.path(), false))
                        .as("%s", door)
                        .contains(door.needed());
            }
        }
        for (String path : HEALTH) {
            assertThat(Doors.needed("GET", path, false)).as(path).isEmpty();
            assertThat(Doors.needed("POST", path, true)).as(path).contains(Role.ADMIN);
        }
    }

    private void refusesAll(
            SSLContext who, @Nullable String authorization, int status, String words)
            throws Exception {
        HttpClient client = client(who);
        for (Door door : DOORS) {
            HttpResponse<String> answer = ask(client, door, authorization);
            assertThat(answer.statusCode()).as("%s", door).isEqualTo(status);
            if (!door.method().equals("HEAD")) {
                ActionReply reply = ApiJson.read(answer.body(), ActionReply.class);
                assertThat(reply.message()).as("%s", door).contains(words);
                assertThat(reply.hint()).as("%s", door).isNotBlank();
            }
        }
    }

    private SSLContext nobody() {
        return cluster.believingContext();
    }

    private HttpClient client(SSLContext context) {
        HttpClient client =
                HttpClient.newBuilder()
                        .sslContext(context)
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(PATIENCE)
                        .build();
        clients.add(client);
        return client;
    }

    private HttpResponse<String> ask(HttpClient client, Door door, @Nullable String authorization)
            throws Exception {
        return ask(client, door.method(), door.path(), door.body(), authorization);
    }

    private HttpResponse<String> ask(
            HttpClient client,
            String method,
            String path,
            String body,
            @Nullable String authorization)
            throws Exception {
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "https://127.0.0.1:" + server.orElseThrow().port() + path))
                        .timeout(PATIENCE)
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        request.header("Content-Type", "application/json");
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /// A new token that the server takes.
    private String token(String name, Role role) throws IOException {
        Tokens.Created created = Tokens.create(name, role);
        String before = Files.exists(tokens) ? Files.readString(tokens) : "";
        OwnerFile.writeSecret(tokens, Tokens.with(before, created));
        return created.token();
    }
}
