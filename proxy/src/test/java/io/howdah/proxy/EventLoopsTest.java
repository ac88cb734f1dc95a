package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.TakeoverSettings;
import io.howdah.proxy.settings.UserAllowances;
import io.howdah.proxy.topology.FakeTopology;
import io.howdah.testing.Await;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Several event loops are one proxy: what holds for one loop holds for all of them together.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventLoopsTest {

    private static final int LOOPS = 4;

    private final TestPostgres postgres = TestPostgres.start();

    @BeforeAll
    void prepare() {
        // The server itself refuses one connection too many of these.
        postgres.execute(
                "create role few login connection limit 3",
                "create role four login connection limit 4",
                "create role five login connection limit 4");
    }

    @AfterAll
    void stop() {
        postgres.close();
    }

    private static TestProxy.Settings pool(int size) {
        return TestProxy.of(PoolMode.TRANSACTION, size).loops(LOOPS);
    }

    private ServerAddress server() {
        return new ServerAddress.Tcp("127.0.0.1", postgres.port());
    }

    private static RawClient in(int port, String user) {
        RawClient client = new RawClient(port);
        client.startup("user", user, "database", "app").flush().untilIn();
        return client;
    }

    /// Works until told otherwise.
    ///
    /// @param rounds counts how often
    private static void work(int port, String user, AtomicBoolean over, AtomicInteger rounds) {
        try (RawClient client = in(port, user)) {
            while (!over.get()) {
                client.query("select pg_sleep(0.001)").flush();
                // After a long wait a warning comes before it.
                assertThat(client.types(1)).endsWith("TDCZ");
                rounds.incrementAndGet();
            }
        }
    }

    /// Many clients of each user, on all loops, as long as it is open.
    private static final class Crowd implements AutoCloseable {
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Future<?>> clients = new ArrayList<>();
        private final List<AtomicInteger> rounds = new ArrayList<>();

        Crowd(int port, String... users) {
            for (int i = 0; i < 6 * LOOPS; i++) {
                String user = users[i % users.length];
                var own = new AtomicInteger();
                rounds.add(own);
                clients.add(threads.submit(() -> work(port, user, over, own)));
            }
        }

        /// Each has its turn while the others go on.
        void assertAllWorked() throws Exception {
            Await.until(
                    "each has worked, or failed",
                    () ->
                            rounds.stream().allMatch(own -> own.get() > 0)
                                    || clients.stream().anyMatch(Future::isDone));
            over.set(true);
            for (Future<?> client : clients) {
                client.get();
            }
        }

        @Override
        public void close() {
            over.set(true);
            threads.close();
        }
    }

    private void assertNoneRefused() {
        assertThat(postgres.log()).doesNotContain("too many connections");
    }

    @Test
    void poolIsNeverLargerThanItsSizeWhileClientsOfAllLoopsWork() throws Exception {
        try (var proxy = pool(3).to(postgres);
                var crowd = new Crowd(proxy.port(), "few")) {
            for (int i = 0; i < 100; i++) {
                assertThat(postgres.connectionsOf("few")).isLessThanOrEqualTo(3);
            }
            crowd.assertAllWorked();
        }
        assertNoneRefused();
    }

    @Test
    void boundsOfADatabaseAndOfAUserHoldOverAllLoops() throws Exception {
        var users = new UserAllowances(Allowance.UNBOUNDED, Map.of("few", new Allowance(3, 0)));
        try (var proxy = pool(4).with(new Allowance(5, 0)).with(users).to(postgres);
                var crowd = new Crowd(proxy.port(), "few", "four", "five")) {
            for (int i = 0; i < 100; i++) {
                assertThat(postgres.connectionsOf("few")).isLessThanOrEqualTo(3);
            }
            crowd.assertAllWorked();
        }
        assertNoneRefused();
    }

    @Test
    void oneConnectionServesClientsOfAllLoops() throws Exception {
        try (var proxy = pool(1).to(postgres);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Set<String> processes = ConcurrentHashMap.newKeySet();
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < 2 * LOOPS; i++) {
                clients.add(
                        threads.submit(() -> {
                            try (RawClient client = in(proxy.port(), "app")) {
                                for (int round = 0; round < 5; round++) {
                                    client.query("select pg_backend_pid()").flush();
                                    processes.add(client.untilReady().get(1).text());
                                }
                            }
                        }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
            assertThat(processes).as("it went round").hasSizeGreaterThanOrEqualTo(LOOPS);
        }
    }

    /// A connection goes to the loop that has the fewest: that is another one.
    @Test
    void cancelRequestReachesAClientOfAnotherLoop() {
        try (var proxy = pool(2).to(postgres);
                RawClient client = in(proxy.port(), "app")) {
            client.query("select pg_sleep(80)").flush();
            Await.until("it sleeps", postgres::isAsleep);
            try (RawClient canceller = new RawClient(proxy.port())) {
                canceller.cancel(client.key()).flush();
                assertThat(canceller.oneByte()).isEqualTo(-1);
            }
            List<RawClient.Message> heard = client.untilReady();
            assertThat(heard.get(heard.size() - 2).field('C')).isEqualTo("57014");
        }
    }

    @Test
    void changedSizesHoldOnAllLoops() throws Exception {
        try (var proxy = pool(4).to(postgres);
                var crowd = new Crowd(proxy.port(), "four")) {
            Await.until("all are in use", () -> postgres.connectionsOf("four") == 4);
            proxy.proxy().reload(pool(1).settings(server()));
            Await.until("one is left", () -> postgres.connectionsOf("four") == 1);
            for (int i = 0; i < 20; i++) {
                assertThat(postgres.connectionsOf("four")).isLessThanOrEqualTo(1);
            }
            assertThat(proxy.proxy().reload(pool(4).loops(2).settings(server())))
                    .containsExactly("event-loops");
            Await.until("all are in use again", () -> postgres.connectionsOf("four") == 4);
            crowd.assertAllWorked();
        }
        assertNoneRefused();
    }

    @Test
    void orderlyStopLetsTransactionsOfAllLoopsEnd() throws Exception {
        try (var proxy = pool(LOOPS).to(postgres)) {
            List<RawClient> busy = new ArrayList<>();
            List<RawClient> idle = new ArrayList<>();
            for (int i = 0; i < LOOPS; i++) {
                busy.add(in(proxy.port(), "app"));
            }
            for (int i = 0; i < LOOPS; i++) {
                idle.add(in(proxy.port(), "app"));
            }
            for (RawClient client : busy) {
                client.query("begin").flush().untilReady();
            }
            CompletableFuture<Void> stopped =
                    CompletableFuture.runAsync(proxy::close, Thread::startVirtualThread);
            for (RawClient client : idle) {
                assertThat(client.untilEnd().getLast().field('C')).isEqualTo("57P01");
            }
            for (RawClient client : busy) {
                assertThat(client.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            }
            assertThat(stopped).isNotDone();
            for (RawClient client : busy) {
                client.query("commit").flush();
                assertThat(client.untilEnd()).extracting(RawClient.Message::type).contains('C');
            }
            assertThat(stopped).succeedsWithin(Duration.ofSeconds(60));
        }
    }

    /// @return how many of a storm of clients are let in; all stay
    private static int storm(TestProxy proxy, int count) throws Exception {
        var let = new AtomicInteger();
        var begin = new CountDownLatch(1);
        List<RawClient> clients = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> logins = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                RawClient client = new RawClient(proxy.port());
                clients.add(client);
                logins.add(
                        threads.submit(() -> {
                            begin.await();
                            client.startup("user", "app", "database", "app").flush();
                            if (client.next().type() == 'R') {
                                client.untilReady();
                                let.incrementAndGet();
                            }
                            return null;
                        }));
            }
            begin.countDown();
            for (Future<?> login : logins) {
                login.get();
            }
        } finally {
            clients.forEach(RawClient::close);
        }
        return let.get();
    }

    @Test
    void exactlyAsManyClientsComeInAsMayOverAllLoops() throws Exception {
        try (var proxy = pool(2).clients(10).to(postgres)) {
            assertThat(storm(proxy, 50)).isEqualTo(10);
        }
        try (var proxy = pool(2).with(new Allowance(0, 7)).to(postgres)) {
            assertThat(storm(proxy, 50)).isEqualTo(7);
        }
        var users = new UserAllowances(new Allowance(0, 5), Map.of());
        try (var proxy = pool(2).with(users).to(postgres)) {
            assertThat(storm(proxy, 50)).isEqualTo(5);
        }
    }

    @Test
    void clientsOfAllLoopsProveTheirPasswords() throws Exception {
        try (var asking = TestPostgres.withPasswords("auto")) {
            LoginTest.prepare(asking);
            try (var proxy = pool(2).with(LoginTest.lookup(Duration.ofSeconds(1))).to(asking)) {
                for (int i = 0; i < 2 * LOOPS; i++) {
                    LoginTest.assertRefused(proxy.port(), "bob", "wrong");
                    try (Connection client = LoginTest.connect(proxy.port(), "bob", "secret")) {
                        assertThat(LoginTest.value(client, "select current_user")).isEqualTo("bob");
                    }
                }
            }
        }
    }

    @Test
    void noLoopUsesAFormerPrimary() throws Exception {
        var cluster = new FakeTopology();
        cluster.lead(new ServerAddress.Tcp("127.0.0.1", postgres.port()));
        try (var proxy = pool(LOOPS).to(cluster)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < LOOPS; i++) {
                clients.add(in(proxy.port(), "app"));
            }
            Set<String> former = processes(clients);
            cluster.lead(new ServerAddress.Tcp("localhost", postgres.port()));
            Await.until(
                    "the former connections have ended",
                    () -> former.stream().noneMatch(this::isThere));
            assertThat(processes(clients)).doesNotContainAnyElementsOf(former);
            clients.forEach(RawClient::close);
        }
    }

    private boolean isThere(String process) {
        try (Connection direct = postgres.connect();
                var rows =
                        direct.createStatement()
                                .executeQuery(
                                        "select from pg_stat_activity where pid = " + process)) {
            return rows.next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// All at the same time, so that each has one of its own.
    private static Set<String> processes(List<RawClient> clients) {
        Set<String> processes = ConcurrentHashMap.newKeySet();
        for (RawClient client : clients) {
            client.query("begin; select pg_backend_pid()").flush();
            String row =
                    client.untilReady().stream()
                            .filter(message -> message.type() == 'D')
                            .findFirst()
                            .orElseThrow()
                            .text();
            processes.add(row.substring(6));
        }
        clients.forEach(client -> client.query("commit").flush().untilReady());
        return processes;
    }

    @Test
    void nextProcessTakesThePortOverForAllLoops(@TempDir Path folder) {
        var settings =
                pool(4).with(
                                new TakeoverSettings(
                                        folder.resolve("takeover"), Duration.ofMinutes(5), false));
        List<RawClient> clients = new ArrayList<>();
        try (var first = settings.to(postgres)) {
            for (int i = 0; i < LOOPS; i++) {
                clients.add(in(first.port(), "app"));
            }
            try (var second = settings.to(postgres)) {
                assertThat(second.port()).isEqualTo(first.port());
                for (int i = 0; i < LOOPS; i++) {
                    try (RawClient client = clients.get(i);
                            RawClient canceller = new RawClient(second.port());
                            RawClient next = in(second.port(), "app")) {
                        assertThat(next.query("select 1").flush().types(1)).isEqualTo("TDCZ");
                        client.query("select pg_sleep(80)").flush();
                        Await.until("it sleeps", postgres::isAsleep);
                        canceller.cancel(client.key()).flush();
                        assertThat(canceller.oneByte()).isEqualTo(-1);
                        assertThat(client.untilReady())
                                .extracting(message -> message.field('C'))
                                .contains("57014");
                    }
                }
                assertThat(first.proxy().takenOver()).isDone();
            }
        }
    }
}
