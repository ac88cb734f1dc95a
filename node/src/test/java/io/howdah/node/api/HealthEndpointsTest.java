package io.howdah.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every health check against every kind of node, over real HTTP.
final class HealthEndpointsTest {

    private static final List<String> PATHS =
            List.of(
                    "/",
                    "/primary",
                    "/read-write",
                    "/master",
                    "/leader",
                    "/standby-leader",
                    "/replica",
                    "/read-only",
                    "/sync",
                    "/synchronous",
                    "/quorum",
                    "/read-only-sync",
                    "/read-only-quorum",
                    "/async",
                    "/asynchronous",
                    "/health",
                    "/liveness",
                    "/readiness");

    /// What a primary says yes to, and the two kinds of replicas.
    private static final Map<String, String> KINDS =
            Map.of(
                    "PRIMARY",
                    "/ /primary /read-write /master /leader /read-only /read-only-sync"
                            + " /read-only-quorum /health /liveness /readiness",
                    "SYNC",
                    "/replica /read-only /sync /synchronous /quorum /read-only-sync"
                            + " /read-only-quorum /health /liveness /readiness",
                    "ASYNC",
                    "/replica /read-only /async /asynchronous /health /liveness /readiness",
                    "NONE",
                    "");

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # role   | state       | sync  | lease | loopAge | replication | yes, + or - these
                    PRIMARY  | RUNNING     | false | true  | 0       | NONE      | PRIMARY
                    PRIMARY  | RUNNING     | false | true  | 2000    | NONE      | PRIMARY
                    PRIMARY  | RUNNING     | false | true  | 2001    | NONE      | NONE
                    PRIMARY  | RUNNING     | false | false | 0       | NONE      | NONE +/health +/liveness
                    PRIMARY  | CRASHED     | false | true  | 0       | NONE      | NONE +/leader +/liveness +/readiness
                    PRIMARY  | STARTING    | false | true  | 0       | NONE      | NONE +/leader +/liveness +/readiness
                    PRIMARY  | FENCED      | false | false | 0       | NONE      | NONE +/liveness
                    REPLICA  | RUNNING     | true  | false | 0       | STREAMING | SYNC
                    REPLICA  | RUNNING     | false | false | 0       | STREAMING | ASYNC
                    REPLICA  | RUNNING     | false | false | 4000    | STREAMING | ASYNC
                    REPLICA  | RUNNING     | false | false | 4001    | STREAMING | NONE
                    REPLICA  | WAITING     | true  | false | 0       | CUT_OFF   | SYNC -/readiness
                    REPLICA  | WAITING     | false | false | 0       | CUT_OFF   | ASYNC -/readiness
                    REPLICA  | WAITING     | false | false | 0       | NONE      | NONE +/liveness
                    REPLICA  | PROMOTING   | true  | true  | 0       | CUT_OFF   | NONE +/leader +/liveness +/readiness
                    REPLICA  | COPYING     | false | false | 0       | NONE      | NONE +/liveness
                    REPLICA  | COPYING     | false | false | 9999999 | NONE      | NONE +/liveness
                    REPLICA  | INITIALIZING| false | false | 9999999 | NONE      | NONE +/liveness
                    REPLICA  | REWINDING   | false | false | 9999999 | NONE      | NONE +/liveness
                    REPLICA  | STARTING    | false | false | 9999999 | NONE      | NONE +/liveness
                    REPLICA  | STOPPED     | false | false | 9999999 | NONE      | NONE
                    REPLICA  | STOPPED     | false | false | 0       | NONE      | NONE +/liveness
                    WITNESS  | RUNNING     | false | false | 0       | NONE      | NONE +/liveness
                    WITNESS  | RUNNING     | false | false | 4001    | NONE      | NONE
                    UNKNOWN  | UNKNOWN     | false | false | 0       | NONE      | NONE +/liveness
                    """)
    void eachKindOfNodeSaysYesToItsOwnChecksOnly(
            MemberRole role,
            MemberState state,
            boolean sync,
            boolean lease,
            long loopAge,
            Replication replication,
            String yes)
            throws Exception {
        node.self =
                FakeNodeView.sync(
                        FakeNodeView.member("n1", role, state, "http://127.0.0.1:1"), sync, 0L);
        node.holdsLease = lease;
        node.loopAgeMillis = loopAge;
        node.replication = replication;
        Set<String> wanted = wanted(yes);

        for (String method : List.of("GET", "HEAD", "OPTIONS")) {
            Map<String, Integer> expected = new LinkedHashMap<>();
            Map<String, Integer> actual = new LinkedHashMap<>();
            for (String path : PATHS) {
                expected.put(path, wanted.contains(path) ? 200 : 503);
                actual.put(path, send(method, path).statusCode());
            }
            assertThat(actual).as(method).isEqualTo(expected);
        }
    }

    /// `SYNC -/readiness`: what a synchronous replica says yes to, but for that.
    private static Set<String> wanted(String text) {
        String[] words = text.split(" ");
        var paths = new TreeSet<>(List.of(String.valueOf(KINDS.get(words[0])).split(" ")));
        for (String word : List.of(words).subList(1, words.length)) {
            if (word.startsWith("+")) {
                paths.add(word.substring(1));
            } else {
                assertThat(paths.remove(word.substring(1))).isTrue();
            }
        }
        return paths;
    }

    @Test
    void pausedNodeIsAliveHoweverOldItsLoop() throws Exception {
        node.loopAgeMillis = 60_000;
        assertThat(send("GET", "/liveness").statusCode()).isEqualTo(503);
        node.cluster = new ClusterStatus("demo", 7, "n1", true, List.of(), null);
        assertThat(send("GET", "/liveness").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/primary").statusCode()).isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource({
        "STREAMING, /replica?replication_state=streaming, 200",
        "CUT_OFF, /replica?replication_state=streaming, 503",
        "CUT_OFF, /replica, 200",
        "STREAMING, /replica?replication_state=in%20archive%20recovery, 503",
        "STREAMING, /async?replication_state=streaming, 200",
        "CUT_OFF, /readiness?lag=1GB, 503",
    })
    void replicaIsTakenOnlyInTheReplicationStateAskedFor(
            Replication replication, String path, int status) throws Exception {
        node.self =
                FakeNodeView.sync(
                        FakeNodeView.member(
                                "n1", MemberRole.REPLICA, MemberState.WAITING, "http://h:1"),
                        false,
                        0L);
        node.replication = replication;
        assertThat(send("GET", path).statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 200",
        "1048560, 200",
        "1048561, 503",
        "9999999, 503",
    })
    void replicaIsReadyUpToAMebibyteBehindWhenNothingIsSaid(long lagBytes, int status)
            throws Exception {
        node.self =
                FakeNodeView.sync(
                        FakeNodeView.member(
                                "n1", MemberRole.REPLICA, MemberState.RUNNING, "http://h:1"),
                        false,
                        lagBytes);
        assertThat(send("GET", "/readiness").statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "/read-only?tag_zone=a, 200",
        "/read-only?tag_zone=b, 503",
        "/read-only-sync?tag_zone=b, 503",
        "/health?tag_zone=b, 503",
        "/health?tag_zone=a, 200",
        "/primary?tag_zone=b, 200",
        "/leader?tag_zone=b, 200",
        "/liveness?tag_zone=b, 200",
        "/primary?lag=0, 200",
        "/read-only?lag=0, 200",
    })
    void primaryIsAskedForItsTagsWherePatroniAsks(String path, int status) throws Exception {
        node.holdsLease = true;
        assertThat(send("GET", path).statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        // lagBytes 1000, and 16 bytes received but not replayed
        "/replica?lag=1016, 200",
        "/replica?lag=1015, 503",
        "/replica?lag=1kB, 200",
        "/replica?lag=16MB, 200",
        "/replica?lag=0, 503",
        "/async?lag=1015, 503",
        "/asynchronous?lag=1016, 200",
        "/read-only?lag=1015, 503",
        "/readiness?lag=1015, 503",
        "/readiness?lag=1000&mode=write, 200",
        "/readiness?lag=999&mode=write, 503",
        "/readiness?lag=1000&mode=apply, 503",
        "/replica?lag=, 400",
        "/replica?lag=-1, 400",
        "/replica?lag=16XB, 400",
        "/replica?lag=99999999999999999999, 400",
        "/replica?lag=9999999999TB, 400",
        "/replica?tag_zone=a, 200",
        "/replica?tag_zone=b, 503",
        "/replica?tag_nofailover=False, 200",
        "/replica?tag_failover_priority=2, 503",
        "/replica?tag_unheard=of, 503",
        "/replica?unheard=of, 200",
    })
    void replicaIsTakenOnlyUpToTheLagAndWithTheTagsAskedFor(String path, int status)
            throws Exception {
        node.self =
                FakeNodeView.sync(
                        FakeNodeView.member(
                                "n1", MemberRole.REPLICA, MemberState.RUNNING, "http://h:1"),
                        false,
                        1000L);
        assertThat(send("GET", path).statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "/replica, 503",
        "/read-only, 503",
        "/sync, 503",
        "/health, 200",
        "/readiness, 200",
        "/liveness, 200"
    })
    void readsAreKeptFromAReplicaTaggedNoloadbalance(String path, int status) throws Exception {
        node.self =
                FakeNodeView.tagged(
                        FakeNodeView.sync(
                                FakeNodeView.member(
                                        "n1",
                                        MemberRole.REPLICA,
                                        MemberState.RUNNING,
                                        "http://h:1"),
                                true,
                                0L),
                        new MemberTags(false, 1, null, true, false, false));
        assertThat(send("GET", path).statusCode()).isEqualTo(status);
    }

    @Test
    void replicaThatDoesNotKnowItsLagIsNotTakenWhenALagIsAskedFor() throws Exception {
        node.self =
                FakeNodeView.sync(
                        FakeNodeView.member(
                                "n1", MemberRole.REPLICA, MemberState.RUNNING, "http://h:1"),
                        false,
                        null);
        assertThat(send("GET", "/replica").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/replica?lag=1TB").statusCode()).isEqualTo(503);
    }

    @Test
    void primarySaysWhatPatroniSays() throws Exception {
        node.holdsLease = true;
        HttpResponse<String> answer = send("GET", "/primary");
        assertThat(answer.body())
                .isEqualTo(
                        "{\"state\":\"running\",\"role\":\"primary\",\"server_version\":180006,"
                                + "\"timeline\":3,\"xlog\":{\"location\":83888656},"
                                + "\"tags\":{\"nofailover\":false,\"failover_priority\":1,"
                                + "\"zone\":\"a\"},\"patroni\":{\"version\":\"0.1.0\","
                                + "\"scope\":\"demo\",\"name\":\"n1\"}}\n");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.headers().firstValue("Server")).isEmpty();
        assertThat(send("HEAD", "/primary").body()).isEmpty();
        assertThat(send("OPTIONS", "/primary").body()).isEmpty();
    }

    @Test
    void replicaSaysWhatPatroniSaysAndWhyItIsNotThePrimary() throws Exception {
        node.self =
                FakeNodeView.sync(
                        FakeNodeView.member(
                                "n2", MemberRole.REPLICA, MemberState.RUNNING, "http://h:1"),
                        true,
                        0L);
        node.cluster = new ClusterStatus("demo", 7, null, true, List.of(), null);
        assertThat(send("GET", "/primary").body())
                .isEqualTo(
                        "{\"state\":\"running\",\"role\":\"replica\",\"server_version\":180006,"
                                + "\"timeline\":3,\"xlog\":{\"received_location\":83888656,"
                                + "\"replayed_location\":83888640},\"sync_standby\":true,"
                                + "\"replication_state\":\"streaming\","
                                + "\"cluster_unlocked\":true,\"pause\":true,"
                                + "\"tags\":{\"nofailover\":false,\"failover_priority\":1,"
                                + "\"zone\":\"a\"},\"patroni\":{\"version\":\"0.1.0\","
                                + "\"scope\":\"demo\",\"name\":\"n2\"},"
                                + "\"reason\":\"the role is replica\"}\n");
    }

    @Test
    void patroniSaysHowTheNodeIsHoweverItIs() throws Exception {
        node.holdsLease = true;
        HttpResponse<String> well = send("GET", "/patroni");
        assertThat(well.statusCode()).isEqualTo(200);
        assertThat(well.body())
                .isEqualTo(
                        send("GET", "/primary")
                                .body()
                                .replace("\"tags\"", "\"dcs_last_seen\":1700000000,\"tags\""));

        node.holdsLease = false;
        node.loopAgeMillis = 60_000;
        assertThat(send("GET", "/health").statusCode()).isEqualTo(503);
        HttpResponse<String> ill = send("GET", "/patroni");
        assertThat(ill.statusCode()).isEqualTo(200);
        assertThat(ill.body())
                .contains("\"state\":\"running\"", "\"patroni\":{", "\"scope\":\"demo\"")
                .doesNotContain("\"reason\"");
        assertThat(send("HEAD", "/patroni").statusCode()).isEqualTo(200);
    }

    @Test
    void patroniHasWhatMonitoringAsksBesides() throws Exception {
        node.details =
                new NodeDetails(
                        "7345678901234567890",
                        1_700_000_000_999L,
                        Optional.of(
                                new NodeDetails.Server(
                                        1_700_000_000_123L,
                                        OptionalLong.of(1_700_000_001_000L),
                                        false,
                                        List.of(
                                                new NodeDetails.Sender(
                                                        "howdah_replication",
                                                        "n3_0000000f_7",
                                                        "streaming",
                                                        "quorum",
                                                        1)))));
        node.self =
                FakeNodeView.member("n2", MemberRole.REPLICA, MemberState.RUNNING, "http://h:1")
                        .withApplied(
                                new AppliedState(
                                        false,
                                        2L,
                                        List.of(
                                                new AppliedState.PendingSetting(
                                                        "max_connections", "100", "150")),
                                        null));
        assertThat(send("GET", "/patroni").body())
                .isEqualTo(
                        "{\"state\":\"running\","
                                + "\"postmaster_start_time\":\"2023-11-14 22:13:20.123000+00:00\","
                                + "\"role\":\"replica\",\"server_version\":180006,\"timeline\":3,"
                                + "\"xlog\":{\"received_location\":83888656,"
                                + "\"replayed_location\":83888640,"
                                + "\"replayed_timestamp\":\"2023-11-14 22:13:21.000000+00:00\","
                                + "\"paused\":false},"
                                + "\"replication\":[{\"usename\":\"howdah_replication\","
                                + "\"application_name\":\"n3_0000000f_7\",\"state\":\"streaming\","
                                + "\"sync_state\":\"quorum\",\"sync_priority\":1}],"
                                + "\"replication_state\":\"streaming\",\"pending_restart\":true,"
                                + "\"pending_restart_reason\":{\"max_connections\":"
                                + "{\"old_value\":\"100\",\"new_value\":\"150\"}},"
                                + "\"dcs_last_seen\":1700000000,"
                                + "\"database_system_identifier\":\"7345678901234567890\","
                                + "\"tags\":{\"nofailover\":false,\"failover_priority\":1,"
                                + "\"zone\":\"a\"},\"patroni\":{\"version\":\"0.1.0\","
                                + "\"scope\":\"demo\",\"name\":\"n2\"}}\n");
        // what is asked often is told from memory
        assertThat(send("GET", "/replica").body())
                .contains("pending_restart_reason")
                .doesNotContain("replication\"");
    }

    @Test
    void metricsComeInTheirOwnContentType() throws Exception {
        HttpResponse<String> page = send("GET", "/metrics");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type"))
                .contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(page.body()).isEqualTo("up 1\n");
        assertThat(send("POST", "/metrics").statusCode()).isEqualTo(405);
    }

    private HttpResponse<String> send(String method, String path)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
