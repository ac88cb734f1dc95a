package io.howdah.node.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.howdah.cluster.lease.BootClock;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.LeadershipReport;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.topology.Leadership;
import io.howdah.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a proxy hears of a cluster, put together.
@Timeout(60)
class ClusterTopologyTest {

    private static final BootClock CLOCK = System::nanoTime;

    private final List<Leadership> told = new CopyOnWriteArrayList<>();

    /// A node's API that says what a test wants it to say.
    private static final class Node implements AutoCloseable {
        private final HttpServer server;
        private volatile LeadershipReport report;

        Node(LeadershipReport first) throws IOException {
            report = first;
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(
                    "/leadership",
                    exchange -> {
                        byte[] body = ApiJson.write(report).getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                        exchange.close();
                    });
            server.start();
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private static ClusterTopology asking(BootClock clock, URI... nodes) {
        List<URI> all = List.of(nodes);
        var client = new ApiClient(all);
        return new ClusterTopology(clock, all, () -> client, () -> true);
    }

    private static Leadership leads(long epoch, String node) {
        return Leadership.of(epoch, new ServerAddress.Tcp(node + ".example.com", 5432));
    }

    private void awaitTold(Leadership expected) {
        Await.until(
                expected + " is told", () -> !told.isEmpty() && told.getLast().equals(expected));
    }

    @Test
    void nodesAreAskedAgainAndAgainAndWhoIsGoneDoesNotMatter() throws Exception {
        try (var node = new Node(Reports.led("n1", 3, "n1"));
                var topology = asking(CLOCK, URI.create("http://127.0.0.1:1"), node.url())) {
            topology.start();
            topology.follow(told::add);
            awaitTold(leads(3, "n1"));
            node.report = Reports.led("n1", 4, "n2");
            awaitTold(leads(4, "n2"));
        }
    }

    @Test
    void proxiesAreFoundByTheNumberOfTheirNode() throws Exception {
        try (var one = new Node(Reports.withProxy(Reports.led("n1", 3, "n1"), "127.0.0.1:6432"));
                var two = new Node(Reports.withProxy(Reports.led("n2", 3, "n1"), "[::1]:6433"));
                var none = new Node(Reports.led("n3", 3, "n1"));
                var topology = asking(CLOCK, one.url(), two.url(), none.url())) {
            assertThat(topology.proxy(Neighbours.number(one.url())).join())
                    .contains(new ServerAddress.Tcp("127.0.0.1", 6432));
            assertThat(topology.proxy(Neighbours.number(two.url())).join())
                    .contains(new ServerAddress.Tcp("::1", 6433));
            assertThat(topology.proxy(Neighbours.number(none.url())).join()).isEmpty();
            assertThat(topology.proxy(Neighbours.number(URI.create("http://other"))).join())
                    .isEmpty();
            none.report = Reports.withProxy(none.report, "127.0.0.1:6434");
            Await.until(
                    "it is found where one is started",
                    () -> topology.proxy(Neighbours.number(none.url())).join().isPresent());
            one.report = Reports.led("n1", 3, "n1");
            assertThat(topology.proxy(Neighbours.number(one.url())).join())
                    .as("believed for a while")
                    .isPresent();
        }
    }

    @Test
    void whoSeesNoMajorityIsAskedNoLonger() throws Exception {
        try (var alone = new Node(Reports.led("n1", 3, "n1"));
                var other = new Node(Reports.led("n2", 3, "n1"));
                var topology = asking(CLOCK, alone.url(), other.url())) {
            topology.start();
            topology.follow(told::add);
            awaitTold(leads(3, "n1"));
            alone.report = Reports.cutOff(alone.report);
            other.report = Reports.led("n2", 4, "n2");
            awaitTold(leads(4, "n2"));
        }
    }

    @Test
    void inDoubtAllAreAskedSinceOneMayBeLate() throws Exception {
        try (var late = new Node(Reports.led("n1", 3, "n1"));
                var other = new Node(Reports.led("n2", 3, "n1"));
                var topology = asking(CLOCK, late.url(), other.url())) {
            topology.start();
            topology.follow(told::add);
            awaitTold(leads(3, "n1"));
            other.report = Reports.led("n2", 4, "n2");
            Await.until(
                    "the other is asked",
                    () -> {
                        topology.doubt();
                        return told.getLast().equals(leads(4, "n2"));
                    });
        }
    }

    @Test
    void endOfTheOwnLeaseIsToldThoughNobodySaysSo() {
        var nanos = new AtomicLong();
        try (var topology = asking(nanos::get, URI.create("http://127.0.0.1:1"))) {
            topology.follow(told::add);
            topology.hearOwn(Reports.led("n1", 3, "n1").leadingUntil(50_000_000L));
            awaitTold(leads(3, "n1"));
            nanos.set(50_000_000L);
            awaitTold(Leadership.ofNobody(3));
            assertThat(told).endsWith(Leadership.ofNobody(3));
        }
    }
}
