package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.TestTimeouts;
import io.howdah.testing.Await;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.util.PSQLException;

/// Each bound in time ends what it bounds, and says so.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TimeoutsTest {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestPostgres postgres = TestPostgres.start();

    @AfterAll
    void stop() {
        postgres.close();
    }

    private TestProxy proxy(TestTimeouts timeouts) {
        return TestProxy.of(PoolMode.TRANSACTION, 1).with(timeouts.build()).to(postgres);
    }

    private static String process(Connection client) throws SQLException {
        ResultSet rows = client.createStatement().executeQuery("select pg_backend_pid()");
        rows.next();
        return rows.getString(1);
    }

    @Test
    void whoWaitsTooLongForAConnectionIsTold() throws Exception {
        try (var proxy = proxy(new TestTimeouts().queryWait(SHORT));
                Connection busy = proxy.connect();
                Connection waiting = proxy.connect()) {
            busy.setAutoCommit(false);
            process(busy);
            assertThatThrownBy(() -> process(waiting))
                    .hasMessageContaining("no server connection became free within 200ms")
                    .hasMessageContaining("pool-size");
            busy.commit();
            assertThat(process(busy)).isNotEmpty();
        }
    }

    @Test
    void whoHoldsATransactionAndAsksNothingLosesIt() throws Exception {
        try (var proxy = proxy(new TestTimeouts().idleInTransaction(SHORT));
                RawClient idle = RawClient.in(proxy.port());
                Connection next = proxy.connect()) {
            idle.query("begin").flush().untilReady();
            assertThat(idle.untilEnd().getLast().field('C')).isEqualTo("25P03");
            assertThat(process(next)).isNotEmpty();
        }
    }

    @Test
    void halfAMessageDoesNotHoldAConnectionForEver() throws Exception {
        try (var proxy = proxy(new TestTimeouts().idleInTransaction(SHORT));
                RawClient slow = RawClient.in(proxy.port());
                Connection next = proxy.connect()) {
            slow.raw(RawClient.bytes("Q\0\0\1\0select ")).flush();
            assertThat(slow.untilEnd().getLast().field('C')).isEqualTo("25P03");
            assertThat(process(next)).isNotEmpty();
        }
    }

    /// The server takes nothing of it before it is done with what came ahead.
    @Test
    void clientWhoseMessageTheServerDoesNotTakeYetIsNotTakenForAnIdleOne() {
        try (var proxy = proxy(new TestTimeouts().idleInTransaction(SHORT));
                RawClient busy = RawClient.in(proxy.port())) {
            busy.query("begin").flush().untilReady();
            busy.query("select pg_sleep(1.5)")
                    .query("select '" + "x".repeat(32 << 20) + "' is null");
            assertThat(busy.flush().types(2)).isEqualTo("TDCZTDCZ");
        }
    }

    @Test
    void workingClientIsNotTakenForAnIdleOne() throws Exception {
        try (var proxy = proxy(new TestTimeouts().idleInTransaction(SHORT).clientIdle(SHORT));
                RawClient busy = RawClient.in(proxy.port())) {
            busy.query("begin; select pg_sleep(0.7); commit").flush();
            assertThat(busy.untilReady().getLast().text()).isEqualTo("I");
        }
    }

    @Test
    void idleClientIsSentAway() {
        try (var proxy = proxy(new TestTimeouts().clientIdle(SHORT));
                RawClient idle = RawClient.in(proxy.port())) {
            assertThat(idle.untilEnd().getLast().field('C')).isEqualTo("57P05");
        }
    }

    @Test
    void idleClientThatKeepsItsConnectionIsSentAwayToo() {
        var timeouts = new TestTimeouts().clientIdle(SHORT).build();
        try (var proxy = TestProxy.of(PoolMode.SESSION, 1).with(timeouts).to(postgres);
                RawClient idle = RawClient.in(proxy.port())) {
            idle.query("select 1").flush().untilReady();
            assertThat(idle.untilEnd().getLast().field('C')).isEqualTo("57P05");
        }
    }

    @Test
    void whoSaysNothingIsNotWaitedFor() {
        var settings = new TestTimeouts().clientLogin(SHORT);
        try (var proxy = proxy(settings);
                RawClient silent = new RawClient(proxy.port());
                RawClient half = new RawClient(proxy.port())) {
            half.raw(RawClient.bytes("\0\0\0\62\0\3")).flush();
            assertThat(silent.oneByte()).isEqualTo(-1);
            assertThat(half.oneByte()).isEqualTo(-1);
        }
    }

    @Test
    void serverThatDoesNotAnswerIsNotWaitedForAndNamedAtTheLogin() throws Exception {
        var settings = new TestTimeouts().clientLogin(Duration.ofSeconds(2)).serverConnect(SHORT);
        try (var deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(settings.build())
                                .to(new ServerAddress.Tcp("127.0.0.1", deaf.getLocalPort()))) {
            assertThatThrownBy(proxy::connect)
                    .isInstanceOf(PSQLException.class)
                    .hasMessageContaining("the server did not answer the login within 200ms");
        }
    }

    @Test
    void serverThatIsNotThereIsNamedToWhoWaits() {
        var settings = new TestTimeouts().queryWait(SHORT);
        try (var proxy =
                TestProxy.of(PoolMode.TRANSACTION, 1)
                        .with(settings.build())
                        .to(new ServerAddress.Tcp("127.0.0.1", 1))) {
            assertThatThrownBy(proxy::connect).hasMessageContaining("Connection refused");
        }
    }

    @Test
    void oldConnectionIsReplaced() throws Exception {
        var settings = new TestTimeouts().serverLifetime(Duration.ofMillis(50));
        try (var proxy = proxy(settings);
                Connection client = proxy.connect()) {
            String first = process(client);
            Await.until("another server process", () -> !processOf(client).equals(first));
        }
    }

    @Test
    void unusedConnectionsEndButForTheMinimum() throws Exception {
        var settings = new TestTimeouts().serverIdle(SHORT);
        var pool = new PoolSettings(PoolMode.TRANSACTION, 3, 1, 0, LONG, 200);
        try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 3)
                                .with(settings.build())
                                .with(pool)
                                .to(postgres);
                Connection first = proxy.connect();
                Connection second = proxy.connect();
                Connection direct = postgres.connect()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            assertThat(process(first)).isNotEqualTo(process(second));
            first.commit();
            second.commit();
            Await.until("one is left", () -> connections(direct) == 1);
        }
    }

    @Test
    void requestThatRunsTooLongIsCancelledAndItsClientGoesOn() {
        try (var proxy = proxy(new TestTimeouts().query(SHORT));
                RawClient client = RawClient.in(proxy.port())) {
            String process =
                    client.query("select pg_backend_pid()").flush().untilReady().get(1).text();
            List<RawClient.Message> told =
                    client.query("begin; select pg_sleep(80)").flush().untilReady();
            assertThat(told)
                    .extracting(RawClient.Message::type)
                    .containsExactly('N', 'C', 'T', 'E', 'Z');
            assertThat(told.getFirst().field('M')).contains("has run for 200ms");
            assertThat(told.get(told.size() - 2).field('C')).isEqualTo("57014");
            assertThat(told.getLast().text()).isEqualTo("E");
            client.query("rollback").flush().untilReady();
            assertThat(client.query("select pg_backend_pid()").flush().untilReady().get(1).text())
                    .isEqualTo(process);
        }
    }

    @Test
    void transactionOfShortRequestsIsNotTakenForALongOne() {
        try (var proxy = proxy(new TestTimeouts().query(Duration.ofMillis(400)));
                RawClient client = RawClient.in(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.parse("", "select pg_sleep(0.2)").bindExecute("").sync();
            }
            assertThat(client.flush().types(3)).isEqualTo("12DCZ12DCZ12DCZ");
        }
    }

    @Test
    void serverThatDoesNotHeedCancelRequestsIsNotWaitedForEither() {
        var timeouts = new TestTimeouts().query(SHORT).cancelWait(SHORT).build();
        try (var deaf =
                        new FakeServer(visit -> {
                            if (visit.login()) {
                                visit.untilEnd();
                            }
                        });
                var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(timeouts)
                                .with(
                                        new ServerTlsSettings(
                                                ServerTlsMode.DISABLE, null, null, null))
                                .to(deaf.address());
                RawClient client = RawClient.in(proxy.port())) {
            List<RawClient.Message> told = client.query("select 1").flush().untilEnd();
            assertThat(told.getLast().field('C')).isEqualTo("57014");
            assertThat(told.getLast().field('S')).isEqualTo("FATAL");
        }
    }

    @Test
    void serverThatDoesNotPutSettingsBackIsNotWaitedFor() {
        var timeouts = new TestTimeouts().serverConnect(SHORT).build();
        try (var slow =
                        new FakeServer(visit -> {
                            visit.login();
                            for (int logins = 0; logins < 2; logins++) {
                                visit.message();
                                visit.say('C', "SELECT 1\0").say('Z', "I");
                            }
                            visit.untilEnd();
                        });
                var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(timeouts)
                                .with(
                                        new ServerTlsSettings(
                                                ServerTlsMode.DISABLE, null, null, null))
                                .to(slow.address());
                RawClient first = new RawClient(proxy.port());
                RawClient second = new RawClient(proxy.port())) {
            first.startup("user", "app", "database", "app", "geqo", "off").flush().untilIn();
            second.startup("user", "app", "database", "app", "geqo", "on").flush().untilIn();
            List<RawClient.Message> told = first.query("select 1").flush().untilEnd();
            assertThat(told.getLast().field('C')).isEqualTo("08006");
            assertThat(told.getLast().field('M')).contains("did not answer within");
        }
    }

    /// What was not closed by the server may still arrive there, nobody knows when.
    @Test
    void connectionIsNotUsedAgainWhereACancelRequestMayStillArrive() throws Exception {
        var sessions = new AtomicInteger();
        var cancelled = new CountDownLatch(1);
        try (var server =
                        new FakeServer(visit -> {
                            if (!visit.login()) {
                                cancelled.countDown();
                                visit.untilEnd();
                                return;
                            }
                            int number = sessions.incrementAndGet();
                            while (true) {
                                visit.message();
                                if (number == 1) {
                                    awaitUninterrupted(cancelled);
                                }
                                visit.say('C', "SELECT 1\0").say('Z', "I");
                            }
                        });
                var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(new TestTimeouts().cancelWait(SHORT).build())
                                .with(
                                        new ServerTlsSettings(
                                                ServerTlsMode.DISABLE, null, null, null))
                                .to(server.address());
                RawClient client = RawClient.in(proxy.port());
                RawClient canceller = new RawClient(proxy.port())) {
            client.query("select 1").flush();
            Await.until(
                    "it is asked",
                    () -> server.heard().stream().anyMatch(m -> m.startsWith("Qsel")));
            canceller.cancel(client.key()).flush();
            assertThat(client.types(1)).isEqualTo("CZ");
            assertThat(canceller.oneByte()).isEqualTo(-1);
            assertThat(client.query("select 2").flush().types(1)).isEqualTo("CZ");
            assertThat(sessions).hasValue(2);
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void transactionThatTakesTooLongIsEndedAtTheServerToo() throws Exception {
        try (var proxy = proxy(new TestTimeouts().transaction(Duration.ofMillis(500)));
                RawClient slow = RawClient.in(proxy.port());
                RawClient next = RawClient.in(proxy.port());
                Connection direct = postgres.connect()) {
            slow.query("begin").flush().untilReady();
            slow.query("select 1").flush().untilReady();
            slow.query("select pg_sleep(80)").flush();
            assertThat(slow.untilEnd().getLast().field('C')).isEqualTo("25P04");
            assertThat(next.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            Await.until("nobody sleeps", () -> number(direct, SLEEPERS) == 0);
        }
    }

    @Test
    void whoWaitsForAWhileIsToldSoOnce() throws Exception {
        try (var proxy = proxy(new TestTimeouts().queryWaitNotice(SHORT));
                RawClient busy = RawClient.in(proxy.port());
                RawClient waiting = RawClient.in(proxy.port())) {
            busy.query("begin").flush().untilReady();
            waiting.query("select 1").flush();
            RawClient.Message told = waiting.next();
            assertThat(told.type()).isEqualTo('N');
            assertThat(told.field('M')).contains("no server connection has become free for 200ms");
            busy.query("select pg_sleep(0.7)").flush().untilReady();
            busy.query("commit").flush().untilReady();
            assertThat(waiting.types(1)).isEqualTo("TDCZ");
        }
    }

    private static String processOf(Connection client) {
        try {
            return process(client);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final String SLEEPERS =
            "select count(*) from pg_stat_activity where query like '%pg_sleep%'"
                    + " and state = 'active' and pid <> pg_backend_pid()";

    private static int connections(Connection direct) {
        return number(direct, "select count(*) from pg_stat_activity where datname = 'app'");
    }

    private static int number(Connection direct, String sql) {
        try {
            ResultSet rows = direct.createStatement().executeQuery(sql);
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
