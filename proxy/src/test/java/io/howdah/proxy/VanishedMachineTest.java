package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.TestTimeouts;
import io.howdah.testing.Await;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// `timeouts.unreachable`: whoever is on a machine that has vanished is not waited for any longer,
/// whatever was going on. Machines are network namespaces, and vanish as their packets are dropped.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VanishedMachineTest {

    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final String SILENT = "has acknowledged nothing for 2s";
    private static final String LOST = "the connection to the server is lost: its machine ";

    /// 100 MB: more than ever lies in the system's buffers.
    private static final int ROWS = 10_000;

    private static final int ROW_BYTES = 10_000;
    private static final String MUCH =
            "select repeat('x', %d) from generate_series(1, %d)".formatted(ROW_BYTES, ROWS);

    private static final String PASSWORD = "secret";
    private static final int SMALL_BYTES = 16_384;
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final long FLOWING = 20;

    /// What the proxy logs.
    private static final class Book extends AppenderBase<ILoggingEvent> {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }

        void awaitLine(String beginning, String part) {
            Await.untilSeen(
                    "the log says " + beginning + " … " + part,
                    () -> List.copyOf(lines),
                    all ->
                            all.stream()
                                    .anyMatch(line ->
                                            line.startsWith(beginning) && line.contains(part)));
        }
    }

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.howdah.proxy.session");
    private final @Nullable Level formerLevel = logger.getLevel();
    private final Book log = new Book();
    private @Nullable Machines machines;
    private @Nullable TestPostgres postgres;

    @TempDir private Path folder;

    @BeforeAll
    void start() {
        var made = Machines.make();
        machines = made;
        postgres =
                made.on(
                        Machines.SERVER,
                        () -> {
                            var fresh = TestPostgres.at(Machines.address(Machines.SERVER));
                            fresh.execute("alter role app password '" + PASSWORD + "'");
                            return fresh;
                        });
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
    }

    @AfterEach
    void mend() {
        for (String machine : List.of(Machines.SERVER, Machines.CLIENT)) {
            machines().comeBack(machine);
            machines().plug(machine);
        }
        log.lines.clear();
    }

    @AfterAll
    void stop() {
        logger.setAdditive(true);
        logger.setLevel(formerLevel);
        logger.detachAppender(log);
        if (postgres != null) {
            postgres.close();
        }
        if (machines != null) {
            machines.close();
        }
    }

    private Machines machines() {
        return Objects.requireNonNull(machines);
    }

    private ServerAddress server() {
        return new ServerAddress.Tcp(
                Machines.address(Machines.SERVER), Objects.requireNonNull(postgres).port());
    }

    private TestProxy.Settings settings(int poolSize, TestTimeouts timeouts) {
        return TestProxy.of(PoolMode.TRANSACTION, poolSize).with(timeouts.build());
    }

    private TestProxy proxy(TestProxy.Settings settings) {
        return machines().on(Machines.PROXY, () -> settings.to(server()));
    }

    /// Who comes from other machines is asked for the role's password.
    private Admission admission(Connection direct) {
        String verifier = text(direct, "select rolpassword from pg_authid where rolname = 'app'");
        return new Admission(
                AccessRules.of(
                        List.of(
                                "host all all 127.0.0.1/32 trust",
                                "host all all all scram-sha-256")),
                Secrets.write(folder.resolve("users"), "\"app\" \"" + verifier + "\"\n"),
                null,
                null);
    }

    /// A client on the proxy's own machine, which is let in.
    private RawClient near(TestProxy proxy) {
        return machines().on(Machines.PROXY, () -> RawClient.in(proxy.port()));
    }

    /// A client on the clients' machine.
    private RawClient far(TestProxy proxy) {
        var address = new InetSocketAddress(Machines.proxyAddress(Machines.CLIENT), proxy.port());
        return machines().on(Machines.CLIENT, () -> new RawClient(address, SMALL_BYTES));
    }

    /// To the server itself, from its own machine.
    private Connection direct() {
        return machines().on(Machines.SERVER, () -> Objects.requireNonNull(postgres).connect());
    }

    private static void awaitServer(Connection direct, String what, int count) {
        Await.untilSeen(what, () -> number(direct, what), seen -> seen == count);
    }

    /// How many of the application's server processes are in that state.
    private static int number(Connection direct, String condition) {
        return Integer.parseInt(
                text(
                        direct,
                        "select count(*) from pg_stat_activity where datname = 'app' and "
                                + condition));
    }

    private static String text(Connection direct, String sql) {
        try (ResultSet rows = direct.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Does the same again and again, until the connection ends.
    ///
    /// @return how often it was done
    private static AtomicLong repeating(Runnable act) {
        var times = new AtomicLong();
        beside(() -> {
            while (true) {
                act.run();
                times.incrementAndGet();
            }
        });
        return times;
    }

    private static void beside(Runnable work) {
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        work.run();
                    } catch (UncheckedIOException e) {
                        // The connection has ended.
                    }
                });
    }

    private static void awaitFlow(AtomicLong times) {
        Await.until("it flows", () -> times.get() > FLOWING);
    }

    @Test
    void clientsThatVanishAreForgottenAndThoseWhoTakeNothingAreWaitedFor() throws Exception {
        // 3 stay, and 8 vanish; as many server connections as are held
        var places = settings(6, new TestTimeouts().unreachable(Duration.ZERO)).clients(3 + 8);
        try (Connection direct = direct()) {
            var patient = places.with(admission(direct));
            try (var proxy = machines().on(Machines.PROXY, () -> patient.everywhereTo(server()))) {
                proxy.proxy()
                        .reload(
                                patient.with(new TestTimeouts().unreachable(BOUND).build())
                                        .settings(server(), new InetSocketAddress(0)));
                forgetsThoseWhoVanish(proxy, direct);
            }
        }
    }

    private void forgetsThoseWhoVanish(TestProxy proxy, Connection direct) {
        try (RawClient answered = far(proxy).in(PASSWORD);
                RawClient holder = near(proxy);
                RawClient copying = near(proxy);
                RawClient slow = near(proxy);
                RawClient flowing = far(proxy).in(PASSWORD);
                RawClient full = far(proxy).in(PASSWORD);
                RawClient inTransaction = far(proxy).in(PASSWORD);
                RawClient waiting = far(proxy).in(PASSWORD);
                RawClient idle = far(proxy).in(PASSWORD);
                RawClient proving = far(proxy);
                RawClient knocking = far(proxy)) {
            holder.query("create table copied (id int primary key, filler text)").flush();
            holder.untilReady();

            // its answer lies at the proxy, and its server connection is free again
            answered.query("select repeat('x', 150000)").flush();
            holder.query("begin; insert into copied values (500, '')").flush().untilReady();
            copying.query("copy copied from stdin").flush();
            assertThat(copying.next().type()).isEqualTo('G');
            beside(() -> copyMuch(copying));
            slow.query(MUCH).flush();
            flowing.query("select repeat('x', 100000) from generate_series(1, 10000000)");
            awaitFlow(repeating(flowing.flush()::next));
            full.query(MUCH).flush();
            inTransaction.query("begin").flush().untilReady();
            waiting.query("select 1").flush();
            knocking.raw((byte) 0).flush();
            proving.startup("user", "ann", "database", "app").flush();
            assertThat(proving.next().type()).isEqualTo('R');
            awaitServer(direct, "wait_event_type = 'Lock'", 1);
            awaitServer(direct, "wait_event = 'ClientWrite' and query = '" + quoted() + "'", 2);

            machines().vanish(Machines.CLIENT);
            for (RawClient told : List.of(answered, flowing, full)) {
                log.awaitLine(ended(told), SILENT);
            }
            for (RawClient untold : List.of(inTransaction, waiting, idle)) {
                log.awaitLine(ended(untold), "");
            }
            try (var newcomers = new Newcomers(proxy)) {
                Await.until("all 8 places are free", () -> newcomers.enter() == 8);
            }
            awaitServer(direct, "state = 'idle in transaction'", 1);

            holder.query("rollback").flush().untilReady();
            assertThat(copying.types(1)).isEqualTo("CZ");
            assertThat(completion(slow)).isEqualTo("SELECT " + ROWS + "\0");
        }
    }

    /// What is said behind all rows.
    private static String completion(RawClient client) {
        while (true) {
            RawClient.Message message = client.next();
            if (message.type() == 'C') {
                return message.text();
            }
        }
    }

    private static String ended(RawClient client) {
        return "INFO a client has vanished: app at app, from %s: its machine "
                .formatted(client.address());
    }

    private static String quoted() {
        return MUCH.replace("'", "''");
    }

    private static void copyMuch(RawClient copying) {
        for (int i = 1; i <= ROWS; i++) {
            copying.message('d', i + "\t" + "x".repeat(ROW_BYTES) + "\n").flush();
        }
        copying.message('c', "").flush();
    }

    /// Clients that come as soon as there are places.
    private final class Newcomers implements AutoCloseable {
        private final List<RawClient> in = new ArrayList<>();
        private final TestProxy proxy;

        Newcomers(TestProxy proxy) {
            this.proxy = proxy;
        }

        /// One more tries.
        ///
        /// @return how many are in
        int enter() {
            RawClient client = machines().on(Machines.PROXY, () -> new RawClient(proxy.port()));
            RawClient.Message told =
                    client.startup("user", "app", "database", "app").flush().next();
            if (told.type() == 'R') {
                in.add(client);
            } else {
                assertThat(told.field('M')).contains("too many clients");
                client.close();
            }
            return in.size();
        }

        @Override
        public void close() {
            in.forEach(RawClient::close);
        }
    }

    @Test
    void whoWaitsForAServerThatVanishesIsToldAndTheNextAreServedOnceItIsBack() throws Exception {
        var settings = settings(3, new TestTimeouts().unreachable(BOUND));
        try (var proxy = proxy(settings);
                Connection direct = direct();
                RawClient asking = near(proxy);
                RawClient sleeping = near(proxy);
                RawClient feeding = near(proxy);
                RawClient next = near(proxy)) {
            asking.query("create table fed (line text)").flush().untilReady();
            sleeping.query("select pg_sleep(600)").flush();
            feeding.query("copy fed from stdin").flush();
            assertThat(feeding.next().type()).isEqualTo('G');
            String line = "x".repeat(CHUNK_BYTES) + "\n";
            awaitFlow(repeating(() -> feeding.message('d', line).flush()));
            awaitServer(direct, "wait_event = 'PgSleep'", 1);
            assertThat(asking.query("select 1").flush().types(1)).isEqualTo("TDCZ");

            machines().vanish(Machines.SERVER);
            asking.query("select 1").flush();
            RawClient.Message told = asking.untilEnd().getLast();
            assertThat(told.field('S')).isEqualTo("FATAL");
            assertThat(told.field('C')).isEqualTo("08006");
            assertThat(told.field('M')).isEqualTo(LOST + SILENT);
            assertThat(told.field('H')).contains("look at that machine").contains("not known");
            log.awaitLine("WARN a connection to app of " + server(), " has ended: its machine ");

            next.query("select 1").flush();
            proxy.proxy()
                    .reload(
                            settings.with(
                                            new TestTimeouts()
                                                    .unreachable(BOUND)
                                                    .serverConnect(Duration.ofSeconds(1))
                                                    .clientLogin(Duration.ofSeconds(3))
                                                    .build())
                                    .settings(server()));
            assertNobodyIsLetIn(proxy);
            assertThat(sleeping.untilEnd().getLast().field('M')).startsWith(LOST);
            assertThat(feeding.untilEnd().getLast().field('M')).isEqualTo(LOST + SILENT);

            machines().comeBack(Machines.SERVER);
            assertThat(next.types(1)).isEqualTo("TDCZ");
        }
    }

    /// Who comes with settings that no server was asked about yet.
    private void assertNobodyIsLetIn(TestProxy proxy) {
        try (RawClient stranger =
                machines().on(Machines.PROXY, () -> new RawClient(proxy.port()))) {
            stranger.startup("user", "app", "database", "app", "TimeZone", "Asia/Tokyo").flush();
            RawClient.Message refused = stranger.untilEnd().getLast();
            assertThat(refused.field('C')).isEqualTo("08006");
            assertThat(refused.field('M'))
                    .startsWith("the login was not done within 3s; the last attempt to reach the")
                    .contains("timed out after 1000 ms");
            assertThat(refused.field('H')).contains("look at the server and at its address");
            log.awaitLine("WARN no connection to app of " + server(), "timed out after 1000 ms");
        }
    }

    /// Nothing of a request leaves the proxy's machine then, so nothing of it is unacknowledged.
    @Test
    void networkOfTheProxysOwnThatIsGoneIsNoticed() {
        try (var proxy = proxy(settings(1, new TestTimeouts().unreachable(BOUND)));
                RawClient asking = near(proxy);
                RawClient next = near(proxy)) {
            assertThat(asking.query("select 1").flush().types(1)).isEqualTo("TDCZ");

            machines().unplug(Machines.SERVER);
            RawClient.Message told = asking.query("select 1").flush().untilEnd().getLast();
            assertThat(told.field('M')).isEqualTo(LOST + SILENT);

            machines().plug(Machines.SERVER);
            assertThat(next.query("select 1").flush().types(1)).isEqualTo("TDCZ");
        }
    }
}
