package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.TestTimeouts;
import io.howdah.proxy.topology.FakeTopology;
import io.howdah.testing.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A cluster's primary changes: clients wait while there is none, and nobody is sent to a former
/// one. One server plays them all, by two of its addresses.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrimaryChangesTest {

    private final TestPostgres postgres = TestPostgres.start();
    private final ServerAddress.Tcp one = new ServerAddress.Tcp("127.0.0.1", postgres.port());
    private final ServerAddress.Tcp other = new ServerAddress.Tcp("localhost", postgres.port());

    @AfterAll
    void stop() {
        postgres.close();
    }

    private static TestProxy proxy(FakeTopology cluster) {
        return TestProxy.of(PoolMode.TRANSACTION, 2).to(cluster);
    }

    private static String process(Connection client) throws SQLException {
        try (ResultSet rows = client.createStatement().executeQuery("select pg_backend_pid()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static CompletableFuture<String> askInTheBackground(Connection client) {
        var answer = new CompletableFuture<String>();
        Thread.startVirtualThread(() -> {
            try {
                answer.complete(process(client));
            } catch (SQLException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private boolean runs(String process) throws SQLException {
        try (Connection direct = postgres.connect();
                ResultSet rows =
                        direct.createStatement()
                                .executeQuery(
                                        "select from pg_stat_activity where pid = " + process)) {
            return rows.next();
        }
    }

    private boolean isSomebodyHeldUp() {
        try (Connection direct = postgres.connect();
                ResultSet rows =
                        direct.createStatement()
                                .executeQuery(
                                        "select from pg_stat_activity where wait_event_type ="
                                                + " 'Lock' and query like 'SET LOCAL%'")) {
            return rows.next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitEnd(String process) {
        Await.until(
                "the end of " + process,
                () -> {
                    try {
                        return !runs(process);
                    } catch (SQLException e) {
                        return false;
                    }
                });
    }

    @Test
    void clientsWaitUntilSomebodyLeads() throws Exception {
        var cluster = new FakeTopology();
        try (var proxy = proxy(cluster)) {
            var client = new CompletableFuture<Connection>();
            Thread.startVirtualThread(() -> {
                try {
                    client.complete(proxy.connect());
                } catch (SQLException e) {
                    client.completeExceptionally(e);
                }
            });
            cluster.lead(one);
            try (Connection in = client.get()) {
                String before = process(in);
                cluster.end();
                awaitEnd(before);
                CompletableFuture<String> answer = askInTheBackground(in);
                assertThat(answer).isNotDone();

                cluster.lead(other);

                assertThat(answer.get()).isNotEqualTo(before);
            }
        }
    }

    @Test
    void unusedConnectionsToAFormerPrimaryAreUsedByNobody() throws Exception {
        var cluster = new FakeTopology();
        cluster.lead(one);
        try (var proxy = proxy(cluster);
                Connection client = proxy.connect()) {
            String before = process(client);

            cluster.lead(other);

            // A query that was under way in that moment would have met the former primary's end.
            awaitEnd(before);
            assertThat(process(client)).isNotEqualTo(before);
        }
    }

    @Test
    void transactionOnAFormerPrimaryFailsAndSaysThatOneMayConnectAgain() throws Exception {
        var cluster = new FakeTopology();
        cluster.lead(one);
        try (var proxy = proxy(cluster);
                RawClient busy = RawClient.in(proxy.port());
                Connection other = proxy.connect()) {
            busy.query("begin").flush().untilReady();

            cluster.lead(this.other);

            RawClient.Message last = busy.untilEnd().getLast();
            assertThat(last.field('C')).isEqualTo("57P01");
            assertThat(last.field('H')).contains("connect again");
            assertThat(process(other)).isNotEmpty();
        }
    }

    /// Its settings are being put back in that moment, and nobody gets past the lock.
    @Test
    void clientOfWhichNothingWasSentYetGoesOnAtTheNextPrimary() throws Exception {
        var cluster = new FakeTopology();
        cluster.lead(one);
        try (var proxy = proxy(cluster);
                RawClient busy = RawClient.in(proxy.port());
                Connection first = proxy.connect("&ApplicationName=first");
                Connection second = proxy.connect("&ApplicationName=second");
                Connection holder =
                        DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:" + one.port() + "/app?user=app")) {
            busy.query("begin").flush().untilReady();
            String before = process(first);
            // What a session has looked up already it has to look up again.
            holder.createStatement()
                    .execute("alter function pg_catalog.set_config(text, text, boolean) cost 1");
            holder.setAutoCommit(false);
            holder.createStatement().execute("lock table pg_catalog.pg_proc");
            CompletableFuture<String> answer = askInTheBackground(second);
            Await.until("its settings are put back", this::isSomebodyHeldUp);

            cluster.lead(other);

            assertThat(busy.untilEnd().getLast().field('C')).isEqualTo("57P01");
            holder.rollback();
            assertThat(answer.get()).isNotEqualTo(before);
        }
    }

    @Test
    void nobodyIsSentToAServerThatSaysItIsAStandby() throws Exception {
        var cluster = new FakeTopology();
        try (var standby =
                        new FakeServer(visit -> {
                            visit.packet();
                            visit.say((byte) 'N');
                            visit.packet();
                            visit.ask(0, "")
                                    .say('S', "in_hot_standby\0on\0")
                                    .say('K', "\0\0\0\1\0\0\0\1")
                                    .say('Z', "I");
                            visit.message();
                        });
                var proxy = proxy(cluster)) {
            cluster.lead((ServerAddress.Tcp) standby.address());
            var client = new AtomicReference<Connection>();
            Thread login =
                    Thread.startVirtualThread(() -> {
                        try {
                            client.set(proxy.connect());
                        } catch (SQLException e) {
                            // Seen below: there is no client.
                        }
                    });
            Await.until("it is doubted", () -> cluster.doubts() > 0);

            cluster.lead(one);

            login.join();
            try (Connection in = Objects.requireNonNull(client.get())) {
                assertThat(process(in)).isNotEmpty();
            }
            assertThat(standby.heard()).isEmpty();
        }
    }

    @Test
    void whoWaitsTooLongForAPrimaryIsTold() throws Exception {
        var cluster = new FakeTopology();
        cluster.lead(one);
        var timeouts = new TestTimeouts().queryWait(Duration.ofMillis(200)).build();
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 2).with(timeouts).to(cluster);
                Connection client = proxy.connect()) {
            String before = process(client);
            cluster.end();
            awaitEnd(before);
            assertThatThrownBy(() -> process(client))
                    .hasMessageContaining("within 200ms")
                    .hasMessageContaining("no primary")
                    .hasMessageContaining("howdah status");
        }
    }

    @Test
    void lostConnectionsAndFailedAttemptsAreReasonsToLookAgain() throws Exception {
        var cluster = new FakeTopology();
        cluster.lead(one);
        try (var proxy = proxy(cluster);
                Connection client = proxy.connect()) {
            String process = process(client);
            assertThat(cluster.doubts()).isZero();
            postgres.execute("select pg_terminate_backend(" + process + ")");
            Await.until("the loss is noticed", () -> cluster.doubts() > 0);
        }
    }
}
