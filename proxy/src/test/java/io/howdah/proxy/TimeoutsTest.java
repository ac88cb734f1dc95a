package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.Timeouts;
import io.howdah.testing.Await;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.util.PSQLException;

/// Each bound in time ends what it bounds, and says so.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TimeoutsTest {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration NEVER = Duration.ZERO;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestPostgres postgres = TestPostgres.start();

    @AfterAll
    void stop() {
        postgres.close();
    }

    private static Timeouts timeouts(
            Duration queryWait, Duration idleInTransaction, Duration clientIdle) {
        return new Timeouts(queryWait, idleInTransaction, clientIdle, LONG, LONG, NEVER, NEVER);
    }

    private TestProxy proxy(Timeouts timeouts) {
        return TestProxy.of(PoolMode.TRANSACTION, 1).with(timeouts).to(postgres);
    }

    private static String process(Connection client) throws SQLException {
        ResultSet rows = client.createStatement().executeQuery("select pg_backend_pid()");
        rows.next();
        return rows.getString(1);
    }

    @Test
    void whoWaitsTooLongForAConnectionIsTold() throws Exception {
        try (var proxy = proxy(timeouts(SHORT, NEVER, NEVER));
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
        try (var proxy = proxy(timeouts(LONG, SHORT, NEVER));
                RawClient idle = RawClient.in(proxy.port());
                Connection next = proxy.connect()) {
            idle.query("begin").flush().untilReady();
            assertThat(idle.untilEnd().getLast().field('C')).isEqualTo("25P03");
            assertThat(process(next)).isNotEmpty();
        }
    }

    @Test
    void halfAMessageDoesNotHoldAConnectionForEver() throws Exception {
        try (var proxy = proxy(timeouts(LONG, SHORT, NEVER));
                RawClient slow = RawClient.in(proxy.port());
                Connection next = proxy.connect()) {
            slow.raw(RawClient.bytes("Q\0\0\1\0select ")).flush();
            assertThat(slow.untilEnd().getLast().field('C')).isEqualTo("25P03");
            assertThat(process(next)).isNotEmpty();
        }
    }

    @Test
    void workingClientIsNotTakenForAnIdleOne() throws Exception {
        try (var proxy = proxy(timeouts(LONG, SHORT, SHORT));
                RawClient busy = RawClient.in(proxy.port())) {
            busy.query("begin; select pg_sleep(0.7); commit").flush();
            assertThat(busy.untilReady().getLast().text()).isEqualTo("I");
        }
    }

    @Test
    void idleClientIsSentAway() {
        try (var proxy = proxy(timeouts(LONG, NEVER, SHORT));
                RawClient idle = RawClient.in(proxy.port())) {
            assertThat(idle.untilEnd().getLast().field('C')).isEqualTo("57P05");
        }
    }

    @Test
    void whoSaysNothingIsNotWaitedFor() {
        var settings = new Timeouts(LONG, NEVER, NEVER, SHORT, LONG, NEVER, NEVER);
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
        var settings = new Timeouts(LONG, NEVER, NEVER, Duration.ofSeconds(2), SHORT, NEVER, NEVER);
        try (var deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(settings)
                                .to(new ServerAddress.Tcp("127.0.0.1", deaf.getLocalPort()))) {
            assertThatThrownBy(proxy::connect)
                    .isInstanceOf(PSQLException.class)
                    .hasMessageContaining("the server did not answer the login within 200ms");
        }
    }

    @Test
    void serverThatIsNotThereIsNamedToWhoWaits() {
        var settings = new Timeouts(SHORT, NEVER, NEVER, LONG, LONG, NEVER, NEVER);
        try (var proxy =
                TestProxy.of(PoolMode.TRANSACTION, 1)
                        .with(settings)
                        .to(new ServerAddress.Tcp("127.0.0.1", 1))) {
            assertThatThrownBy(proxy::connect).hasMessageContaining("Connection refused");
        }
    }

    @Test
    void oldConnectionIsReplaced() throws Exception {
        var settings = new Timeouts(LONG, NEVER, NEVER, LONG, LONG, Duration.ofMillis(50), NEVER);
        try (var proxy = proxy(settings);
                Connection client = proxy.connect()) {
            String first = process(client);
            Await.until("another server process", () -> !processOf(client).equals(first));
        }
    }

    @Test
    void unusedConnectionsEndButForTheMinimum() throws Exception {
        var settings = new Timeouts(LONG, NEVER, NEVER, LONG, LONG, NEVER, SHORT);
        var pool = new PoolSettings(PoolMode.TRANSACTION, 3, 1, 0, LONG);
        try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 3)
                                .with(settings)
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

    private static String processOf(Connection client) {
        try {
            return process(client);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int connections(Connection direct) {
        try {
            ResultSet rows =
                    direct.createStatement()
                            .executeQuery(
                                    "select count(*) from pg_stat_activity where datname = 'app'");
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
