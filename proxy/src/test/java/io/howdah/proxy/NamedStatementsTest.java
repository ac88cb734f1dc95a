package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Named prepared statements where clients share connections, on a real server.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NamedStatementsTest {

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy one = proxy(1, 200);
    private final TestProxy two = proxy(2, 200);

    @AfterAll
    void stop() {
        one.close();
        two.close();
        postgres.close();
    }

    private TestProxy proxy(int size, int statements) {
        var settings =
                new PoolSettings(
                        PoolMode.TRANSACTION, size, 0, 0, Duration.ofSeconds(5), statements);
        return TestProxy.of(PoolMode.TRANSACTION, size).with(settings).to(postgres);
    }

    private static Connection named(TestProxy proxy) throws SQLException {
        return proxy.connect("&prepareThreshold=1");
    }

    private static String value(Connection client, String sql) throws SQLException {
        try (PreparedStatement statement = client.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void clientThatFindsNoRoomKeepsItsConnectionUntilItHasNothingThereAnyMore() {
        try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .statementMemory(1 << 20)
                                .to(postgres);
                RawClient full = RawClient.in(proxy.port());
                RawClient other = RawClient.in(proxy.port())) {
            for (String end : List.of("discard all", "deallocate s10")) {
                for (int i = 0; i < 11; i++) {
                    full.parse("s" + i, "select '" + "x".repeat(100_000) + i + "'").sync();
                    full.flush().untilReady();
                }
                other.query("select 1").flush();
                assertThat(full.bindExecute("s10").sync().flush().types(1)).isEqualTo("2DCZ");
                full.query(end).flush().untilReady();
                assertThat(other.types(1)).isEqualTo("TDCZ");
            }
        }
    }

    @Test
    void memoryForStatementsIsPartOfWhatJavaHas() {
        var much =
                TestProxy.of(PoolMode.TRANSACTION, 1)
                        .statementMemory(Runtime.getRuntime().maxMemory() / 2 + 1);
        assertThatThrownBy(() -> much.to(postgres))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("more than half of Java's heap");
    }

    /// How many statements are prepared on the one connection.
    private static int prepared(TestProxy proxy) throws SQLException {
        try (Connection client = proxy.connect()) {
            return Integer.parseInt(value(client, "select count(*) from pg_prepared_statements"));
        }
    }

    @Test
    void clientsShareAConnectionAndWhatIsPreparedOnIt() throws Exception {
        List<Connection> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(named(one));
        }
        int before = prepared(one);
        for (int round = 0; round < 3; round++) {
            for (Connection client : clients) {
                for (int i = 0; i < 4; i++) {
                    assertThat(value(client, "select 'shared " + i + "'")).isEqualTo("shared " + i);
                }
            }
        }
        assertThat(prepared(one) - before).isEqualTo(4);
        for (Connection client : clients) {
            client.close();
        }
    }

    @Test
    void asManyStatementsAsAreAllowedStayPreparedAndTheOthersComeBackWhenUsed() throws Exception {
        try (var few = proxy(1, 3);
                Connection client = named(few);
                Connection other = named(few)) {
            List<PreparedStatement> statements = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                statements.add(client.prepareStatement("select " + i + " + ?::int"));
            }
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 10; i++) {
                    statements.get(i).setInt(1, round);
                    ResultSet rows = statements.get(i).executeQuery();
                    rows.next();
                    assertThat(rows.getInt(1)).isEqualTo(i + round);
                    value(other, "select 'other " + i % 2 + "'");
                }
            }
            assertThat(prepared(few)).isBetween(1, 3);
        }
    }

    @Test
    void nothingIsSharedWhereThatIsSwitchedOff() throws Exception {
        try (var off = proxy(2, 0);
                Connection client = named(off);
                Connection other = named(off)) {
            String process = value(client, "select pg_backend_pid()");
            assertThat(value(other, "select pg_backend_pid()")).isNotEqualTo(process);
            assertThat(value(client, "select pg_backend_pid()")).isEqualTo(process);
            assertThat(value(client, "select name from pg_prepared_statements limit 1"))
                    .startsWith("S_");
        }
    }

    @Test
    void literalsMeanWhatTheClientsOwnSettingsSay() throws Exception {
        String sql = "select extract(hour from '2026-01-01 12:00'::timestamptz at time zone 'UTC')";
        try (Connection tokyo = named(one);
                Connection london = named(one)) {
            tokyo.createStatement().execute("set timezone = 'Asia/Tokyo'");
            london.createStatement().execute("set timezone = 'Europe/London'");
            for (int i = 0; i < 3; i++) {
                assertThat(value(tokyo, sql)).isEqualTo("3");
                assertThat(value(london, sql)).isEqualTo("12");
            }
        }
    }

    @Test
    void settingThatIsChangedInTheSamePipelineIsHeeded() {
        String sql = "select extract(hour from '2026-02-02 12:00'::timestamptz at time zone 'UTC')";
        for (int round = 0; round < 2; round++) {
            try (RawClient tokyo = inUtc();
                    RawClient other = inUtc()) {
                tokyo.parse("", "set timezone = 'Asia/Tokyo'")
                        .bindExecute("")
                        .parse("hour", sql)
                        .sync()
                        .flush()
                        .untilReady();
                other.parse("hour", sql).sync().flush().untilReady();
                assertThat(hour(other)).isEqualTo("12");
                assertThat(hour(tokyo)).isEqualTo("3");
            }
        }
    }

    private RawClient inUtc() {
        var client = new RawClient(one.port());
        client.startup("user", "app", "database", "app", "TimeZone", "UTC").flush().untilReady();
        return client;
    }

    private static String hour(RawClient client) {
        return client.bindExecute("hour").sync().flush().untilReady().get(1).text().substring(6);
    }

    @Test
    void theSameBytesAreAnotherTextInAnotherEncoding() {
        for (int round = 0; round < 2; round++) {
            assertThat(length("LATIN1")).isEqualTo("2");
            assertThat(length("UTF8")).isEqualTo("1");
        }
    }

    private String length(String encoding) {
        try (var client = new RawClient(one.port())) {
            client.startup("user", "app", "database", "app", "client_encoding", encoding).flush();
            client.untilReady();
            client.parse("length", "select length('\303\251')").bindExecute("length").sync();
            return client.flush().untilReady().get(2).text().substring(6);
        }
    }

    @Test
    void statementIsNotReadAnewInAnotherEncoding() {
        try (RawClient client = RawClient.in(two.port());
                RawClient other = RawClient.in(two.port())) {
            client.parse("length", "select length('\303\251')").bindExecute("length").sync();
            assertThat(client.flush().types(1)).isEqualTo("12DCZ");
            client.query("set client_encoding = 'LATIN1'").flush().untilReady();
            other.query("begin").flush().untilReady();
            client.bindExecute("length").sync();
            assertThat(client.flush().untilReady())
                    .allSatisfy(message ->
                            assertThat(message.type() == 'D' ? message.text().substring(6) : "1")
                                    .isEqualTo("1"));
        }
    }

    @Test
    void nowIsNow() throws Exception {
        String sql = "select 'now'::timestamptz";
        try (Connection first = named(one);
                Connection second = named(one)) {
            assertThat(value(first, sql)).isNotEqualTo(value(second, sql));
        }
    }

    /// A client that was told of one column must not be sent two: not by a connection either on
    /// which its statement was never prepared before.
    @Test
    void columnsThatChangedAreNotReturnedToAClientThatDoesNotKnow() throws Exception {
        try (Connection owner = two.connect()) {
            owner.createStatement().execute("create table grown as select 1 as a");
        }
        try (RawClient client = RawClient.in(two.port());
                RawClient other = RawClient.in(two.port())) {
            client.parse("all", "select * from grown").describe("all").bindExecute("all").sync();
            assertThat(client.flush().types(1)).isEqualTo("1tT2DCZ");
            // The connection used last is taken next: the client finds the other one.
            other.query("begin").query("alter table grown add column b int default 2").flush();
            assertThat(other.types(2)).isEqualTo("CZCZ");
            try (RawClient third = RawClient.in(two.port())) {
                other.query("commit").flush().untilReady();
                other.query("begin").flush().untilReady();
                client.bindExecute("all").sync();
                RawClient.Message refused = client.flush().untilReady().getFirst();
                assertThat(refused.field('C')).isEqualTo("0A000");
                assertThat(refused.field('M')).isEqualTo("cached plan must not change result type");
                other.query("commit").flush().untilReady();
                third.parse("mine", "select * from grown").bindExecute("mine").sync();
                assertThat(third.flush().types(1)).isEqualTo("12DCZ");
            }
            client.closeStatement("all")
                    .parse("all", "select * from grown")
                    .describe("all")
                    .bindExecute("all")
                    .sync();
            assertThat(client.flush().types(1)).isEqualTo("31tT2DCZ");
        }
    }

    @Test
    void driverHealsWhatChangedColumnsBreak() throws Exception {
        try (Connection client = named(two);
                Connection other = two.connect()) {
            other.createStatement().execute("create table healed as select 1 as a");
            try (PreparedStatement all = client.prepareStatement("select * from healed")) {
                for (int i = 0; i < 3; i++) {
                    assertThat(all.executeQuery().getMetaData().getColumnCount()).isEqualTo(1);
                }
                other.createStatement().execute("alter table healed add column b int");
                for (int i = 0; i < 3; i++) {
                    assertThat(all.executeQuery().getMetaData().getColumnCount()).isEqualTo(2);
                }
            }
        }
    }

    /// Of what SQL does with the names on the server nothing is heard, until one is missing.
    @Test
    void statementThatSomebodyHasEndedOnTheServerIsPreparedAgain() {
        try (var proxy = proxy(1, 200);
                RawClient client = RawClient.in(proxy.port());
                RawClient other = RawClient.in(proxy.port())) {
            client.parse("mine", "select 1").bindExecute("mine").sync();
            assertThat(client.flush().types(1)).isEqualTo("12DCZ");
            other.query(
                            "do $$declare n text; begin"
                                    + " for n in select name from pg_prepared_statements"
                                    + " where name like 'howdah%' loop"
                                    + " execute 'deallocate ' || n; end loop; end$$")
                    .flush()
                    .untilReady();
            RawClient.Message missing =
                    client.bindExecute("mine").sync().flush().untilReady().getFirst();
            assertThat(missing.field('C')).isEqualTo("26000");
            assertThat(missing.field('M')).contains("\"mine\"");
            for (RawClient each : List.of(client, other)) {
                String name = each.equals(client) ? "mine" : "theirs";
                if (each.equals(other)) {
                    other.parse(name, "select 1").sync();
                    assertThat(other.flush().types(1)).isEqualTo("1Z");
                }
                assertThat(each.bindExecute(name).sync().flush().types(1)).isEqualTo("2DCZ");
            }
        }
    }

    @Test
    void nameOfOursThatSomebodyHasTakenOnTheServerIsTakenBack() {
        try (var proxy = proxy(1, 200);
                RawClient client = RawClient.in(proxy.port());
                RawClient other = RawClient.in(proxy.port())) {
            for (int i = 1; i <= 3; i++) {
                other.query("prepare howdah_" + i + " as select 0").flush().untilReady();
            }
            RawClient.Message taken =
                    client.parse("mine", "select 1").sync().flush().untilReady().getFirst();
            assertThat(taken.field('C')).isEqualTo("42P05");
            assertThat(taken.field('M')).contains("\"mine\"");
            // One name after the other, and in the end the server has none that is in the way.
            String types = "";
            for (int i = 0; i < 3; i++) {
                types = client.parse("mine", "select 1").sync().flush().types(1);
            }
            assertThat(types).isEqualTo("1Z");
            assertThat(client.bindExecute("mine").sync().flush().types(1)).isEqualTo("2DCZ");
        }
    }

    @Test
    void failedStatementIsForgottenByAll() throws Exception {
        try (Connection client = named(one)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> value(client, "select * from not_yet"))
                        .isInstanceOf(SQLException.class);
            }
            client.createStatement().execute("create table not_yet as select 5 as a");
            assertThat(value(client, "select * from not_yet")).isEqualTo("5");
            client.createStatement().execute("drop table not_yet");
        }
    }
}
