package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.testing.Await;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/// What applications with an ordinary driver see of the pool, on a real server.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PoolingTest {

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy two = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);
    private final TestProxy one = TestProxy.of(PoolMode.TRANSACTION, 1).to(postgres);

    @BeforeAll
    void makeTable() throws SQLException {
        try (Connection client = one.connect()) {
            client.createStatement().execute("create table things (id int, name text)");
        }
    }

    @AfterAll
    void stop() {
        two.close();
        one.close();
        postgres.close();
    }

    private static String value(Connection client, String sql) throws SQLException {
        try (Statement statement = client.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static String process(Connection client) throws SQLException {
        return value(client, "select pg_backend_pid()");
    }

    @Test
    void manyClientsShareFewConnections() throws Exception {
        Set<String> processes = new HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<String>>> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                String options = i % 2 == 0 ? "" : "&preferQueryMode=simple";
                clients.add(
                        threads.submit(() -> {
                            List<String> seen = new ArrayList<>();
                            try (Connection client = two.connect(options)) {
                                for (int round = 0; round < 10; round++) {
                                    seen.add(process(client));
                                }
                            }
                            return seen;
                        }));
            }
            for (Future<List<String>> client : clients) {
                processes.addAll(client.get());
            }
        }
        assertThat(processes).hasSizeBetween(1, 2);
    }

    @Test
    void transactionKeepsItsConnectionAndOthersWaitForIt() throws Exception {
        try (Connection first = one.connect();
                Connection second = one.connect()) {
            first.setAutoCommit(false);
            String process = process(first);
            CompletableFuture<String> waiting =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return process(second);
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            Thread::startVirtualThread);
            assertThat(process(first)).isEqualTo(process);
            assertThat(waiting).isNotDone();
            first.commit();
            assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo(process);
        }
    }

    @Test
    void batchesAndCopyGoThroughBothWays() throws Exception {
        try (Connection client = two.connect()) {
            try (PreparedStatement insert =
                    client.prepareStatement("insert into things values (?, ?)")) {
                for (int i = 0; i < 500; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "batch");
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(500);
            }
            var copy = client.unwrap(PGConnection.class).getCopyAPI();
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 50_000; i++) {
                lines.append(i).append("\tcopied ").append(i).append('\n');
            }
            assertThat(copy.copyIn("copy things from stdin", new StringReader(lines.toString())))
                    .isEqualTo(50_000);
            assertThatThrownBy(() ->
                            copy.copyIn(
                                    "copy things from stdin",
                                    new StringReader("not a number\tx\n" + lines)))
                    .isInstanceOf(SQLException.class);
            var out = new StringWriter();
            copy.copyOut(
                    "copy (select * from things where name like 'copied%' order by id) to stdout",
                    out);
            assertThat(out.toString()).isEqualTo(lines.toString());
            assertThat(value(client, "select count(*) from things where name = 'batch'"))
                    .isEqualTo("500");
        }
    }

    /// PostgreSQL answers such a Sync or not, depending on which data were wrong. What it answers
    /// must not become the next client's.
    @Test
    void syncAmongCopyDataThatFailLeavesNoAnswerToTheNextClient() {
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).to(postgres);
                RawClient next = RawClient.in(proxy.port())) {
            next.query("create table copied_amiss (id int)").flush().untilReady();
            for (int round = 0; round < 20; round++) {
                try (RawClient first = RawClient.in(proxy.port())) {
                    first.query("copy copied_amiss from stdin")
                            .message('d', "no number\n")
                            .sync()
                            .flush();
                    next.query("select 'round " + round + "'").flush();

                    List<RawClient.Message> heard = first.untilEnd();
                    assertThat(heard.getLast().field('C')).isEqualTo("08P01");
                    assertThat(heard).anyMatch(message -> message.field('C').equals("22P02"));
                    List<RawClient.Message> answer = next.untilReady();
                    assertThat(answer).extracting(RawClient.Message::type).hasSize(4);
                    assertThat(answer.get(1).text()).endsWith("round " + round);
                }
            }
            next.query("drop table copied_amiss").flush().untilReady();
        }
    }

    @Test
    void sessionModeKeepsTheConnectionAndLeavesNothingBehind() throws Exception {
        try (var proxy = TestProxy.of(PoolMode.SESSION, 1).to(postgres)) {
            String process;
            try (Connection client = proxy.connect()) {
                process = process(client);
                client.createStatement().execute("create temporary table mine (id int)");
                client.createStatement().execute("set statement_timeout = '1h'");
                client.createStatement().execute("prepare mine as select 1");
                client.createStatement().execute("set timezone = 'Asia/Tokyo'");
            }
            try (Connection client = proxy.connect()) {
                assertThat(process(client)).isEqualTo(process);
                assertThat(value(client, "show statement_timeout")).isEqualTo("0");
                assertThat(value(client, "show timezone")).isNotEqualTo("Asia/Tokyo");
                assertThat(value(client, "select count(*) from pg_prepared_statements"))
                        .isEqualTo("0");
                assertThat(value(client, "select to_regclass('pg_temp.mine')")).isNull();
            }
        }
    }

    @Test
    void statementModeRefusesTransactionsInWords() throws Exception {
        try (var proxy = TestProxy.of(PoolMode.STATEMENT, 1).to(postgres);
                Connection client = proxy.connect("&preferQueryMode=simple")) {
            assertThat(value(client, "select 1")).isEqualTo("1");
            assertThatThrownBy(
                            () -> {
                                client.createStatement().execute("begin");
                                client.createStatement().execute("select 1");
                            })
                    .hasMessageContaining("mode: transaction");
            try (Connection next = proxy.connect()) {
                assertThat(value(next, "select 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void clientOfAnotherNameNeedsNoFreeConnectionForItsLogin() {
        try (RawClient first = named("first");
                RawClient unnamed = named("")) {
            first.query("begin; show application_name").flush();
            assertThat(first.untilReady().toString()).contains("first");
            try (RawClient second = named("second")) {
                assertThat(second.reported("application_name")).isEqualTo("second");
                first.query("commit").flush().untilReady();
                second.query("show application_name; show geqo").flush();
                assertThat(second.untilReady().toString()).contains("second", "off");
                unnamed.query("select '<' || current_setting('application_name') || '>'").flush();
                assertThat(unnamed.untilReady().toString()).contains("<>");
            }
        }
    }

    private RawClient named(String name) {
        var client = new RawClient(one.port());
        if (name.isEmpty()) {
            client.startup("user", "app", "database", "app", "geqo", "off");
        } else {
            client.startup(
                    "user", "app", "database", "app", "geqo", "off", "application_name", name);
        }
        client.flush().untilIn();
        return client;
    }

    @Test
    void clientIsToldOfTheServerThatIsThereNow() {
        var version = new AtomicInteger();
        try (var renewed =
                        new FakeServer(visit -> {
                            visit.packet();
                            visit.ask(0, "")
                                    .say('S', "server_version\0" + version.incrementAndGet() + "\0")
                                    .say('K', "\0\0\0\1\0\0\0\2")
                                    .say('Z', "I");
                            visit.message();
                            if (version.get() > 1) {
                                visit.say('C', "SELECT 1\0").say('Z', "I").untilEnd();
                            }
                        });
                var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(
                                        new ServerTlsSettings(
                                                ServerTlsMode.DISABLE, null, null, null))
                                .to(renewed.address());
                RawClient first = RawClient.in(proxy.port());
                RawClient second = RawClient.in(proxy.port())) {
            assertThat(second.reported("server_version")).isEqualTo("1");
            first.query("select 1").flush().untilEnd();
            assertThat(second.query("select 1").flush().types(1)).isEqualTo("CZ");
            try (RawClient third = RawClient.in(proxy.port())) {
                assertThat(third.reported("server_version")).isEqualTo("2");
            }
        }
    }

    @Test
    void workOfClientThatHasLeftEnds() throws Exception {
        try (RawClient client = RawClient.in(one.port())) {
            client.query("select pg_sleep(300)").flush();
            Await.until("it sleeps", postgres::isAsleep);
        }
        Await.until("it sleeps no more", () -> !postgres.isAsleep());
        try (Connection client = one.connect()) {
            assertThat(value(client, "select 1")).isEqualTo("1");
        }
    }

    /// A cancelled wait would show others what the next failover may lose.
    @Test
    void commitOfClientThatHasLeftWaitsForItsStandbys() throws Exception {
        try (Connection client = one.connect()) {
            client.createStatement().execute("create table waited (id int)");
        }
        postgres.execute("alter system set synchronous_standby_names = 'nobody'");
        postgres.execute("select pg_reload_conf()");
        String before;
        try (Connection direct = postgres.connect();
                Connection reader = two.connect()) {
            try (RawClient client = RawClient.in(one.port())) {
                // until the checkpointer has read the names, nothing waits
                while (!waits(direct, "")) {
                    client.query("insert into waited values (1)").flush();
                    CompletableFuture<?> answer = CompletableFuture.supplyAsync(client::untilReady);
                    Await.until(
                            "it is answered, or waits", () -> answer.isDone() || waits(direct, ""));
                }
                before = value(reader, "select count(*) from waited");
            }
            Await.until(
                    "it waits on",
                    () -> waits(direct, "and clock_timestamp() > query_start + interval '3 s'"));
            assertThat(value(reader, "select count(*) from waited")).isEqualTo(before);
        } finally {
            postgres.execute(
                    "alter system reset synchronous_standby_names", "select pg_reload_conf()");
        }
        try (Connection client = one.connect()) {
            assertThat(value(client, "select count(*) > " + before + " from waited"))
                    .isEqualTo("t");
        }
    }

    private static boolean waits(Connection direct, String besides) {
        try {
            return value(
                            direct,
                            "select count(*) from pg_stat_activity where wait_event = 'SyncRep' "
                                    + besides)
                    .equals("1");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void clientThatVanishesInATransactionLeavesNoTrace() throws Exception {
        try (RawClient client = RawClient.in(one.port())) {
            client.query("begin; insert into things values (-1, 'vanished')").flush().untilReady();
        }
        try (Connection client = one.connect()) {
            assertThat(value(client, "select count(*) from things where id = -1")).isEqualTo("0");
        }
    }

    @Test
    void queryIsCancelledAndNoOther() throws Exception {
        try (Connection client = two.connect();
                Connection other = two.connect();
                Statement sleeping = client.createStatement();
                Statement working = other.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> first = threads.submit(() -> sleeping.execute("select pg_sleep(80)"));
            Future<Boolean> second = threads.submit(() -> working.execute("select pg_sleep(80)"));
            Await.until("both sleep", () -> sleepers() == 2);
            sleeping.cancel();
            assertThatThrownBy(() -> first.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("canceling statement due to user request");
            assertThat(second).isNotDone();
            working.cancel();
            assertThatThrownBy(() -> second.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("canceling statement due to user request");
            assertThat(value(client, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void cancelRequestsThatComeLateHitNobody() throws Exception {
        try (Connection client = one.connect();
                Connection other = one.connect();
                Statement idle = client.createStatement()) {
            process(client);
            for (int i = 0; i < 100; i++) {
                idle.cancel();
                assertThat(value(other, "select 1")).isEqualTo("1");
            }
        }
    }

    private int sleepers() {
        try (Connection direct = postgres.connect()) {
            return Integer.parseInt(
                    value(
                            direct,
                            "select count(*) from pg_stat_activity where query like '%pg_sleep%'"
                                    + " and state = 'active' and pid <> pg_backend_pid()"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void serverThatEndsASessionIsHeardAndTheNextTransactionGetsAnother() throws Exception {
        try (Connection client = one.connect();
                Connection patient = one.connect();
                Connection direct = postgres.connect()) {
            client.setAutoCommit(false);
            String process = process(client);
            value(direct, "select pg_terminate_backend(" + process + ")");
            assertThatThrownBy(() -> process(client))
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            e -> assertThat(e.getSQLState()).isIn("57P01", "08006"));
            assertThat(process(patient)).isNotEqualTo(process);
        }
    }

    @Test
    void whatDoesNotExistIsSaidAtTheLogin() {
        assertThatThrownBy(() ->
                        java.sql.DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:" + one.port() + "/nothing?user=app"))
                .hasMessageContaining("database \"nothing\" is not one that this proxy leads to");
        assertThatThrownBy(() ->
                        java.sql.DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:" + one.port() + "/gone?user=app"))
                .isInstanceOfSatisfying(
                        PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("3D000"));
        assertThatThrownBy(() ->
                        java.sql.DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:" + one.port() + "/app?user=nobody"))
                .hasMessageContaining("role \"nobody\" does not exist");
    }

    @Test
    void unixSocketsLeadToServersToo() throws Exception {
        try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .to(
                                        new ServerAddress.UnixSocket(
                                                postgres.socketDirectory(), postgres.port()));
                Connection client = proxy.connect()) {
            assertThat(value(client, "select inet_server_addr() is null")).isEqualTo("t");
        }
    }

    @Test
    void oneClientTooManyIsRefused() throws Exception {
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).clients(1).to(postgres);
                Connection first = proxy.connect()) {
            assertThatThrownBy(proxy::connect)
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("53300"));
            assertThat(value(first, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void stopLetsATransactionEndAndSendsTheIdleAway() throws Exception {
        var proxy = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);
        CompletableFuture<Void> stopped;
        try (Connection busy = proxy.connect();
                RawClient idle = RawClient.in(proxy.port())) {
            busy.setAutoCommit(false);
            value(busy, "select 1");
            stopped = CompletableFuture.runAsync(proxy::close, Thread::startVirtualThread);
            assertThat(idle.untilEnd().getLast().field('C')).isEqualTo("57P01");
            assertThat(value(busy, "select 2")).isEqualTo("2");
            assertThat(stopped).isNotDone();
            busy.commit();
            assertThat(stopped).succeedsWithin(Duration.ofSeconds(60));
        }
    }

    @Test
    void stopDoesNotWaitForEver() throws Exception {
        var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).drain(Duration.ofMillis(50)).to(postgres);
        try (Connection busy = proxy.connect()) {
            busy.setAutoCommit(false);
            value(busy, "select 1");
            proxy.close();
            assertThatThrownBy(() -> value(busy, "select 2")).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void reserveHelpsWhoHasWaited() throws Exception {
        var settings = new PoolSettings(PoolMode.TRANSACTION, 1, 0, 1, Duration.ofMillis(100), 200);
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).with(settings).to(postgres);
                Connection first = proxy.connect();
                Connection second = proxy.connect()) {
            first.setAutoCommit(false);
            String process = process(first);
            assertThat(process(second)).isNotEqualTo(process);
        }
    }
}
