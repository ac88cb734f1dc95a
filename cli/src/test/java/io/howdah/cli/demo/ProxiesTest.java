package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.SwitchoverRequest;
import io.howdah.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// The proxies beside the nodes: an application that knows only one of them goes on, whatever
/// becomes of the primary, the agent or the proxy. One cluster and one writer go through all of it.
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProxiesTest {

    /// Whose proxy the application uses.
    private static final int NEAR = 3;

    /// Whose proxy is replaced.
    private static final int REPLACED = 2;

    private @Nullable DemoCluster started;
    private @Nullable Writer writing;

    @BeforeAll
    void startCluster() {
        DemoCluster fresh = DemoCluster.withProxies();
        started = fresh;
        // who is in a transaction would lose it by a failover that is not wanted
        fresh.lease("12s");
        fresh.startAll();
        fresh.awaitWhole();
        writing = new Writer(fresh.settings(), () -> Writer.throughProxy(fresh.settings(), NEAR));
    }

    @AfterAll
    void stopCluster() throws InterruptedException {
        if (writing != null) {
            writing.stop();
        }
        if (started != null) {
            started.stop();
        }
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(started);
    }

    private Writer writer() {
        return Objects.requireNonNull(writing);
    }

    private ClusterStatus whole() {
        ClusterStatus status = cluster().awaitWhole();
        writer().awaitProgress();
        return status;
    }

    private void assertNothingLost() throws Exception {
        writer().assertNothingLost(DemoCluster.leader(whole()));
    }

    private String addressOf(int node) {
        return "127.0.0.1:" + cluster().settings().proxyPort(node);
    }

    private void awaitShown() {
        cluster()
                .await(
                        "every member's proxy is shown",
                        status ->
                                IntStream.rangeClosed(1, DemoCluster.NODES)
                                        .allMatch(i ->
                                                addressOf(i)
                                                        .equals(
                                                                DemoCluster.member(status, "n" + i)
                                                                        .proxy())));
    }

    @Test
    @Order(1)
    void everyNodesProxyLeadsToThePrimary() throws Exception {
        whole();
        awaitShown();
        for (int i = 1; i <= DemoCluster.NODES; i++) {
            try (Connection client = Writer.throughProxy(cluster().settings(), i)) {
                assertThat(Writer.number(client, "select pg_is_in_recovery()::int")).isZero();
            }
        }
    }

    @Test
    @Order(2)
    void nobodyComesInWithoutAPasswordNorAsARoleOfTheClusters() throws Exception {
        String url = "jdbc:postgresql://" + addressOf(NEAR) + "/app";
        Path secrets = cluster().settings().nodeDirectory(NEAR).resolve("secrets");
        assertThatThrownBy(() -> DriverManager.getConnection(url, "app", "wrong"))
                .hasMessageContaining("password authentication failed");
        for (String role : List.of("lookup", "monitor", "replication")) {
            assertThatThrownBy(() ->
                            DriverManager.getConnection(
                                    url,
                                    "howdah_" + role,
                                    Files.readString(secrets.resolve(role + "-password")).strip()))
                    .hasMessageContaining("password authentication failed");
        }
    }

    /// The driver sends it to the address of its connection, where it meets another proxy.
    @Test
    @Order(2)
    void cancelRequestThatABalancerLeadsToAnotherNodeFindsItsWay() throws Exception {
        whole();
        awaitShown();
        DemoSettings demo = cluster().settings();
        try (var balancer = new Balancer(demo.proxyPort(1), demo.proxyPort(2));
                Connection client =
                        DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:"
                                        + balancer.port()
                                        + "/app?sslmode=disable",
                                "app",
                                "app");
                Statement sleeper = client.createStatement()) {
            var error = new CompletableFuture<String>();
            Thread.startVirtualThread(() -> {
                try {
                    error.complete("none: " + sleeper.execute("select pg_sleep(600)"));
                } catch (SQLException e) {
                    error.complete(String.valueOf(e.getSQLState()));
                }
            });
            Await.until(
                    "it is cancelled",
                    () -> {
                        cancel(sleeper);
                        return error.isDone();
                    });
            assertThat(error.join()).isEqualTo("57014");
        }
    }

    private static void cancel(Statement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Order(3)
    void killedProxyIsStartedAgain() throws Exception {
        whole();
        OptionalLong before = cluster().proxyPid(NEAR);

        cluster().killProxy(NEAR);

        assertNothingLost();
        assertThat(cluster().proxyPid(NEAR)).isPresent().isNotEqualTo(before);
        awaitShown();
    }

    @Test
    @Order(4)
    void proxyOfAKilledAgentServesOnAndIsTakenOver() throws Exception {
        ClusterStatus status = whole();
        if (DemoCluster.leader(status) == NEAR) {
            cluster().client().switchover(new SwitchoverRequest("n" + NEAR, "n1"));
            whole();
        }
        OptionalLong proxy = cluster().proxyPid(NEAR);
        int failures = writer().failures();

        cluster().killAgent(NEAR);
        writer().awaitProgress();
        cluster().start(NEAR);
        awaitShown();
        whole();

        assertThat(cluster().proxyPid(NEAR)).isEqualTo(proxy);
        assertThat(writer().failures()).isEqualTo(failures);
    }

    /// Each time with another configuration. The agent is restarted as systemd does it, and once
    /// killed while the next proxy is coming.
    @Test
    @Order(5)
    void replacedProxiesRefuseNobodyAndCutNobodyOff() throws Exception {
        leadElsewhere();
        var proxies = new ArrayList<Long>();
        proxies.add(cluster().proxyPid(REPLACED).orElseThrow());
        try (Connection busy = throughReplaced();
                Connection idle = throughReplaced();
                var crowd = new Crowd(this::throughReplaced)) {
            busy.setAutoCommit(false);
            long backend = Writer.number(busy, "select pg_backend_pid()");
            Writer.number(idle, "select 1");
            for (int i = 1; i <= 3; i++) {
                allowClients(1_000 + i);
                cluster().restartAgent(REPLACED, "SIGUSR1");
                if (i == 2) {
                    Path coming = proxyDirectory().resolve("coming");
                    Await.until("the next proxy comes", () -> Files.exists(coming));
                    cluster().killAgent(REPLACED);
                    cluster().start(REPLACED);
                }
                proxies.add(awaitReplaced(proxies.getLast()));
                crowd.awaitProgress();
                awaitShown();
            }
            assertThat(cluster().proxyPid(REPLACED)).hasValue(proxies.getLast());
            assertThat(Writer.number(busy, "select pg_backend_pid()")).isEqualTo(backend);
            busy.commit();
            assertThat(Writer.number(idle, "select 1")).isOne();
        }
        for (long former : proxies.subList(0, proxies.size() - 1)) {
            Await.until("its end", () -> ProcessHandle.of(former).isEmpty());
        }
        assertThat(cluster().proxyPid(REPLACED)).hasValue(proxies.getLast());
        whole();
    }

    private Path proxyDirectory() {
        return cluster().settings().nodeDirectory(REPLACED).resolve("proxy");
    }

    private Connection throughReplaced() throws SQLException {
        return Writer.throughProxy(cluster().settings(), REPLACED);
    }

    private void leadElsewhere() {
        if (DemoCluster.leader(whole()) == REPLACED) {
            cluster().client().switchover(new SwitchoverRequest("n" + REPLACED, "n1"));
            whole();
        }
    }

    private void allowClients(int most) {
        cluster()
                .configure(yaml ->
                        yaml.replaceFirst(
                                "\\nproxy:\\n  listen: (.*)\\n(  max-clients: .*\\n)?",
                                "\nproxy:\n  listen: $1\n  max-clients: " + most + "\n"));
    }

    private long awaitReplaced(long former) {
        Await.until(
                "another proxy serves",
                () -> cluster().proxyPid(REPLACED).orElse(former) != former);
        return cluster().proxyPid(REPLACED).orElseThrow();
    }

    @Test
    @Order(6)
    void switchoverLosesNothing() throws Exception {
        ClusterStatus before = whole();
        String target = "n" + DemoCluster.others(before).getFirst();

        cluster().client().switchover(new SwitchoverRequest(before.leader(), target));

        assertNothingLost();
        assertThat(cluster().client().cluster().leader()).isEqualTo(target);
    }

    /// The primary's agent is away, too, so that its proxy hears of the next primary from others.
    @Test
    @Order(7)
    void lostHostLosesNothingThoughItsProxyLivesOn() throws Exception {
        ClusterStatus before = whole();
        if (DemoCluster.leader(before) != NEAR) {
            cluster().client().switchover(new SwitchoverRequest(before.leader(), "n" + NEAR));
            before = whole();
        }
        OptionalLong proxy = cluster().proxyPid(NEAR);

        cluster().killHost(NEAR);

        cluster().awaitSuccessor(before);
        writer().awaitProgress();
        assertThat(cluster().proxyPid(NEAR)).isEqualTo(proxy);
        cluster().start(NEAR);
        assertNothingLost();
    }

    @Test
    @Order(8)
    void killedPostmasterLosesNothing() throws Exception {
        ClusterStatus before = whole();

        cluster().killPostmaster(DemoCluster.leader(before));

        cluster().awaitSuccessor(before);
        assertNothingLost();
    }

    @Test
    @Order(9)
    void nodeThatIsStoppedEndsItsFormerProxyToo() throws Exception {
        leadElsewhere();
        long former = cluster().proxyPid(REPLACED).orElseThrow();
        try (Connection idle = throughReplaced()) {
            Writer.number(idle, "select 1");
            allowClients(2_000);
            cluster().restartAgent(REPLACED, "SIGUSR1");
            awaitReplaced(former);
            awaitShown();
            assertThat(ProcessHandle.of(former)).isPresent();

            cluster().endAgent(REPLACED, "SIGTERM");

            assertThat(LeftoverBeside.in(cluster().settings().nodeDirectory(REPLACED))).isEmpty();
            Await.until("its end", () -> ProcessHandle.of(former).isEmpty());
        }
        cluster().start(REPLACED);
        whole();
    }

    @Test
    @Order(10)
    void stoppedDemoLeavesNoProxyBehind() throws Exception {
        List<MemberStatus> members = whole().members();
        writer().stop();
        cluster().halt();
        assertThat(members).hasSize(DemoCluster.NODES);
        for (int i = 1; i <= DemoCluster.NODES; i++) {
            assertThat(LeftoverBeside.in(cluster().settings().nodeDirectory(i))).isEmpty();
        }
    }
}
