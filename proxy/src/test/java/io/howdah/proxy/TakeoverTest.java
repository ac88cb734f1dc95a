package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.TakeoverSettings;
import io.howdah.proxy.topology.FakeTopology;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A second proxy takes the port over from the first, and no client notices.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TakeoverTest {

    private final TestPostgres postgres = TestPostgres.start();

    @TempDir private Path folder;

    @AfterAll
    void stop() {
        postgres.close();
    }

    private TestProxy.Settings settings(Duration drain) {
        return TestProxy.of(PoolMode.TRANSACTION, 4)
                .with(new TakeoverSettings(folder.resolve("takeover"), drain, false));
    }

    private static CompletableFuture<Void> successor(TestProxy proxy) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        proxy.proxy().awaitSuccessor();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                Thread::startVirtualThread);
    }

    /// Before its turn comes at the end of the block.
    private static void end(AutoCloseable early) throws Exception {
        early.close();
    }

    /// Connects, asks, leaves, again and again.
    private static int storm(int port, AtomicBoolean over, AtomicInteger served) {
        int rounds = 0;
        while (!over.get()) {
            try (RawClient client = RawClient.in(port)) {
                assertThat(client.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            }
            rounds++;
            served.incrementAndGet();
        }
        return rounds;
    }

    @Test
    void noClientIsRefusedOrCutOffWhileThePortIsTakenOver() throws Exception {
        var settings = settings(Duration.ofMinutes(5));
        var over = new AtomicBoolean();
        var served = new AtomicInteger();
        List<TestProxy> proxies = new ArrayList<>();
        proxies.add(settings.to(postgres));
        int port = proxies.getFirst().port();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                RawClient busy = RawClient.in(port);
                RawClient idle = RawClient.in(port)) {
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                clients.add(threads.submit(() -> storm(port, over, served)));
            }
            try {
                busy.query("begin").flush().untilReady();
                for (int i = 0; i < 8; i++) {
                    proxies.add(settings.to(postgres));
                    assertThat(proxies.getLast().port()).isEqualTo(port);
                    int before = served.get();
                    Await.until("they go on", () -> served.get() > before + 50);
                }
            } finally {
                over.set(true);
            }
            for (Future<Integer> client : clients) {
                assertThat(client.get()).isPositive();
            }
            assertThat(busy.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            assertThat(idle.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            busy.query("commit").flush().untilReady();
        } finally {
            proxies.reversed().forEach(TestProxy::close);
        }
    }

    @Test
    void formerOneEndsWithItsLastClientAndItsQueriesCanBeCancelledUntilThen() throws Exception {
        var settings = settings(Duration.ofMinutes(5));
        try (var first = settings.to(postgres);
                RawClient client = RawClient.in(first.port())) {
            CompletableFuture<Void> succeeded = successor(first);
            try (var second = settings.to(postgres);
                    var third = settings.to(postgres);
                    RawClient canceller = new RawClient(third.port())) {
                assertThat(second.port()).isEqualTo(third.port());
                client.query("select pg_sleep(80)").flush();
                Await.until("it sleeps", () -> postgres.isAsleep());
                canceller.cancel(client.key()).flush();
                assertThat(canceller.oneByte()).isEqualTo(-1);
                List<RawClient.Message> heard = client.untilReady();
                assertThat(heard.get(heard.size() - 2).field('C')).isEqualTo("57014");
                CompletableFuture<Void> succeededToo = successor(second);
                assertThat(succeeded).isNotDone();
                assertThat(succeededToo).as("it hands requests on still").isNotDone();
                end(client);
                assertThat(succeeded).succeedsWithin(Duration.ofSeconds(60));
                end(first);
                assertThat(succeededToo).succeedsWithin(Duration.ofSeconds(60));
                try (RawClient other = RawClient.in(third.port())) {
                    assertThat(other.query("select 1").flush().types(1)).isEqualTo("TDCZ");
                }
            }
        }
    }

    @Test
    void whoStaysTooLongIsSentAway() throws Exception {
        var settings = settings(Duration.ofMillis(100));
        try (var first = settings.to(postgres);
                RawClient idle = RawClient.in(first.port())) {
            CompletableFuture<Void> succeeded = successor(first);
            try (var second = settings.to(postgres)) {
                assertThat(succeeded).succeedsWithin(Duration.ofSeconds(60));
                end(first);
                assertThat(idle.untilEnd().getLast().field('C')).isEqualTo("57P01");
                RawClient.in(second.port()).close();
            }
        }
    }

    @Test
    void boundOfTheStayIsTheOneThatWasReloadedLast() throws Exception {
        var server = new ServerAddress.Tcp("127.0.0.1", postgres.port());
        try (var first = settings(Duration.ofMinutes(5)).to(postgres);
                RawClient idle = RawClient.in(first.port())) {
            CompletableFuture<Void> succeeded = successor(first);
            assertThat(first.proxy().reload(settings(Duration.ofMillis(100)).settings(server)))
                    .doesNotContain("takeover.socket");
            try (var second = settings(Duration.ofMinutes(5)).to(postgres)) {
                assertThat(succeeded).succeedsWithin(Duration.ofSeconds(60));
                end(first);
                assertThat(idle.untilEnd().getLast().field('C')).isEqualTo("57P01");
                RawClient.in(second.port()).close();
            }
        }
    }

    @Test
    void nextOneThatCannotServeLeavesTheFormerServing() throws Exception {
        var settings = settings(Duration.ofMinutes(5));
        try (var first = settings.to(postgres)) {
            var elsewhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
            var server = new ServerAddress.Tcp("127.0.0.1", postgres.port());
            assertThatThrownBy(() -> Proxy.start(settings.settings(server, elsewhere)))
                    .isInstanceOf(ProxyException.class)
                    .hasMessageContaining("the process that serves listens on");
            try (RawClient client = RawClient.in(first.port())) {
                assertThat(client.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            }
            try (var second = settings.to(postgres)) {
                assertThat(second.port()).isEqualTo(first.port());
            }
        }
    }

    private static InetSocketAddress here(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private TestProxy.Settings movable() {
        return settings(Duration.ofMinutes(5))
                .with(new TakeoverSettings(folder.resolve("takeover"), Duration.ofMinutes(5), true))
                .with(
                        new Admission(
                                AccessRules.of(
                                        List.of(
                                                "host all all 127.0.0.1/32 trust",
                                                "host all all all scram-sha-256")),
                                Secrets.write(folder.resolve("users"), ""),
                                null,
                                null));
    }

    @Test
    void nextOneThatMayMoveServesElsewhereAndTheFormerLetsNobodyIn() throws Exception {
        var settings = movable();
        var server = new ServerAddress.Tcp("127.0.0.1", postgres.port());
        try (var first = settings.to(postgres);
                RawClient client = RawClient.in(first.port());
                Proxy second = Proxy.start(settings.settings(server, here(FreePorts.one())))) {
            RawClient.in(second.address().getPort()).close();
            assertThatThrownBy(() -> new RawClient(first.port()))
                    .hasRootCauseInstanceOf(ConnectException.class);
            assertThat(client.query("select 1").flush().types(1)).isEqualTo("TDCZ");
        }
    }

    @Test
    void nextOneThatMayMoveServesAtTheSamePortOfAllAddresses() throws Exception {
        var settings = movable();
        var server = new ServerAddress.Tcp("127.0.0.1", postgres.port());
        try (var first = settings.to(postgres);
                RawClient client = RawClient.in(first.port());
                Proxy second =
                        Proxy.start(
                                settings.settings(
                                        server, new InetSocketAddress("0.0.0.0", first.port())))) {
            assertThat(second.address().getAddress().isAnyLocalAddress()).isTrue();
            RawClient.in(first.port()).close();
            assertThat(client.query("select 1").flush().types(1)).isEqualTo("TDCZ");
        }
    }

    /// The address is one for documentation, which no host has.
    @Test
    void nextOneThatIsToServeWhereThisHostIsNotLeavesTheFormerServing() {
        var settings = movable();
        var server = new ServerAddress.Tcp("127.0.0.1", postgres.port());
        try (Proxy first =
                Proxy.start(settings.settings(server, new InetSocketAddress("0.0.0.0", 0)))) {
            int port = first.address().getPort();
            assertThatThrownBy(() ->
                            Proxy.start(
                                    settings.settings(
                                            server, new InetSocketAddress("192.0.2.1", port))))
                    .isInstanceOf(ProxyException.class)
                    .hasMessageContaining("Cannot assign requested address");
            try (RawClient client = RawClient.in(port)) {
                assertThat(client.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            }
        }
    }

    @Test
    void nextOneThatIsNotToArriveLeavesTheFormerServing() throws Exception {
        var settings = settings(Duration.ofMinutes(5));
        var server = new ServerAddress.Tcp("127.0.0.1", postgres.port());
        List<RawClient> clients = new ArrayList<>();
        try (var first = settings.to(postgres)) {
            assertThatThrownBy(() ->
                            Proxy.start(
                                    settings.settings(server, here(0)),
                                    new FakeTopology(),
                                    () -> {
                                        for (int i = 0; i < 20; i++) {
                                            clients.add(RawClient.in(first.port()));
                                        }
                                        throw new IllegalStateException("no room");
                                    }))
                    .hasMessage("no room");
            // Who came meanwhile came to the one that goes on.
            for (RawClient client : clients) {
                assertThat(client.query("select 1").flush().types(1)).isEqualTo("TDCZ");
                client.close();
            }
            try (var third = settings.to(postgres)) {
                assertThat(third.port()).isEqualTo(first.port());
                RawClient.in(third.port()).close();
            }
        }
    }

    @Test
    void socketMayHaveAsLongAPathAsIsSaid() throws Exception {
        Path shortOne = Files.createTempDirectory(Path.of("/tmp"), "hw");
        try {
            Path longest = shortOne.resolve("s".repeat(99 - shortOne.toString().length()));
            var settings =
                    TestProxy.of(PoolMode.TRANSACTION, 4)
                            .with(new TakeoverSettings(longest, Duration.ofMinutes(5), false));
            try (var first = settings.to(postgres);
                    var second = settings.to(postgres)) {
                assertThat(second.port()).isEqualTo(first.port());
            }
        } finally {
            Files.delete(shortOne);
        }
    }

    @Test
    void socketThatNobodyListensAtIsReplacedAndRemovedAtTheEnd() throws Exception {
        Path left = folder.resolve("takeover");
        Files.createFile(left);
        try (var proxy = settings(Duration.ofMinutes(5)).to(postgres)) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
                assertThat(client.isConnected()).isTrue();
            }
            assertThat(Files.getPosixFilePermissions(left))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(folder).isEmptyDirectory();
    }
}
