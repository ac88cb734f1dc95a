package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.testing.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;

/// The settings of a client follow it from one server connection to the next, and nobody else gets
/// them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientSettingsTest {

    private static final String SEARCH_PATH = "select current_setting('search_path')";

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy two = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);
    private final TestProxy one = TestProxy.of(PoolMode.TRANSACTION, 1).to(postgres);

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

    @Test
    void settingsOfOneClientAreNotSeenByAnother() throws Exception {
        try (Connection first = one.connect("&ApplicationName=first");
                Connection second = one.connect("&ApplicationName=second&options=-c%20geqo=off")) {
            assertThat(value(first, "show application_name")).isEqualTo("first");
            assertThat(value(second, "show application_name")).isEqualTo("second");
            assertThat(value(second, "show geqo")).isEqualTo("off");
            assertThat(value(first, "show geqo")).isEqualTo("on");
            first.createStatement().execute("set intervalstyle = 'iso_8601'");
            assertThat(value(second, "show intervalstyle")).isEqualTo("postgres");
            assertThat(value(first, "show intervalstyle")).isEqualTo("iso_8601");
            assertThat(value(second, "show geqo")).isEqualTo("off");
        }
        try (Connection third = one.connect()) {
            assertThat(value(third, "show intervalstyle")).isEqualTo("postgres");
            assertThat(value(third, "show geqo")).isEqualTo("on");
        }
    }

    /// What it begins with is remembered for the next ones, too.
    @Test
    void clientThatAsksForAPartOfAValueIsNotGivenTheRestOfAnotherClients() throws Exception {
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).to(postgres);
                RawClient first = RawClient.in(proxy.port())) {
            first.query("set datestyle = 'SQL, DMY'").flush().untilReady();
            for (int i = 0; i < 2; i++) {
                try (RawClient next = new RawClient(proxy.port())) {
                    next.startup("user", "app", "database", "app", "datestyle", "ISO").flush();
                    next.untilIn();
                    assertThat(next.reported("DateStyle")).isEqualTo("ISO, MDY");
                    assertThat(row(next, "show datestyle")).endsWith("ISO, MDY");
                }
            }
            assertThat(row(first, "show datestyle")).endsWith("SQL, DMY");
        }
    }

    @Test
    void clientThatResetsGoesBackToWhatItBeganWithAndTakesNothingFromAnother() throws Exception {
        String asked =
                "&options=-c%20geqo=off%20-c%20intervalstyle=iso_8601%20-c%20application_name=mine";
        try (Connection client = one.connect(asked);
                Connection other = one.connect(asked);
                Connection plain = one.connect()) {
            for (String reset : List.of("discard all", "reset all", "reset geqo")) {
                client.createStatement().execute("set intervalstyle = 'sql_standard'");
                client.createStatement().execute(reset);
                String interval = reset.equals("reset geqo") ? "sql_standard" : "iso_8601";
                assertThat(value(other, "show geqo")).as(reset).isEqualTo("off");
                assertThat(value(client, "show geqo")).as(reset).isEqualTo("off");
                assertThat(value(client, "show application_name")).as(reset).isEqualTo("mine");
                assertThat(value(client, "show intervalstyle")).as(reset).isEqualTo(interval);
                plain.createStatement().execute(reset);
                assertThat(value(plain, "show geqo")).as(reset).isEqualTo("on");
                assertThat(value(plain, "show intervalstyle")).as(reset).isEqualTo("postgres");
            }
        }
    }

    /// PostgreSQL 18 reports it; others are asked.
    @Test
    void searchPathFollowsItsClient() throws Exception {
        for (String mode : List.of("", "&preferQueryMode=simple")) {
            try (Connection client = one.connect(mode);
                    Connection other = one.connect("&options=-c%20search_path=asked" + mode);
                    Connection plain = one.connect(mode)) {
                client.createStatement().execute("set search_path = mine, public");
                assertThat(value(plain, SEARCH_PATH)).isEqualTo("\"$user\", public");
                assertThat(value(other, SEARCH_PATH)).isEqualTo("asked");
                assertThat(value(client, SEARCH_PATH)).isEqualTo("mine, public");
                other.createStatement().execute("set search_path = \"$user\", public");
                client.createStatement().execute("set statement_timeout = '1h'");
                assertThat(value(client, SEARCH_PATH)).isEqualTo("mine, public");
                assertThat(value(other, SEARCH_PATH)).isEqualTo("\"$user\", public");
                other.createStatement().execute("reset search_path");
                assertThat(value(other, SEARCH_PATH)).isEqualTo("asked");
                assertThat(value(client, SEARCH_PATH)).isEqualTo("mine, public");
                client.setAutoCommit(false);
                client.createStatement().execute("set local search_path = elsewhere");
                client.createStatement().execute("set search_path = \"tür\"");
                client.rollback();
                client.setAutoCommit(true);
                assertThat(value(plain, SEARCH_PATH)).isEqualTo("\"$user\", public");
                assertThat(value(client, SEARCH_PATH)).isEqualTo("mine, public");
                client.createStatement().execute("set search_path = \"tür\"");
                assertThat(value(plain, SEARCH_PATH)).isEqualTo("\"$user\", public");
                assertThat(value(client, SEARCH_PATH)).isEqualTo("\"tür\"");
                client.createStatement().execute("reset search_path");
                assertThat(value(client, SEARCH_PATH)).isEqualTo("\"$user\", public");
                other.createStatement().execute("discard all");
                assertThat(value(other, SEARCH_PATH)).isEqualTo("asked");
                plain.createStatement().execute("set search_path = left_behind");
            }
            try (Connection next = one.connect(mode)) {
                assertThat(value(next, SEARCH_PATH)).isEqualTo("\"$user\", public");
                next.createStatement().execute("reset statement_timeout");
            }
        }
    }

    /// What changes another setting in the same breath, so that as many are reported as were set.
    private static Stream<List<String>> othersBesideASet() {
        String set = "set search_path to mine";
        return Stream.of(
                List.of("set timezone to 'Asia/Tokyo'", "reset timezone;" + set),
                List.of("select set_config('TimeZone', 'Asia/Tokyo', false);" + set),
                List.of("begin; set local timezone to 'Asia/Tokyo'", "commit;" + set),
                List.of("begin; set local timezone to 'Asia/Tokyo'", "rollback;" + set),
                List.of(
                        "do $$begin perform set_config('TimeZone','Asia/Tokyo',false); end$$;"
                                + set),
                List.of(
                        "create or replace function shift() returns void language sql"
                                + " as $$select set_config('TimeZone', 'Asia/Tokyo', false)$$",
                        "select shift();" + set),
                List.of(
                        "set session authorization postgres",
                        "set session authorization default;" + set));
    }

    @ParameterizedTest
    @MethodSource("othersBesideASet")
    void searchPathIsNobodyElsesWhateverIsDoneBesideTheSet(List<String> queries) throws Exception {
        try (Connection plain = one.connect();
                RawClient client = RawClient.in(one.port())) {
            for (String query : queries) {
                client.query(query).flush().untilReady();
            }
            assertThat(value(plain, SEARCH_PATH)).isEqualTo("\"$user\", public");
            assertThat(client.query(SEARCH_PATH).flush().untilReady().get(1).text())
                    .endsWith("mine");
        }
    }

    @Test
    void searchPathIsNobodyElsesWhereAPipelineChangesMoreAtOnce() throws Exception {
        try (Connection plain = one.connect();
                RawClient client = RawClient.in(one.port())) {
            client.query("set timezone to 'Asia/Tokyo'").flush().untilReady();
            client.parse("", "reset timezone").bindExecute("");
            client.parse("", "set search_path to mine").bindExecute("").sync();
            client.flush().untilReady();
            assertThat(value(plain, SEARCH_PATH)).isEqualTo("\"$user\", public");
        }
    }

    @Test
    void settingsOfAnyNameAreTakenBackForTheNextClient() throws Exception {
        for (String name : List.of("app.user", "app." + "long".repeat(25))) {
            try (Connection client = one.connect("&options=-c%20" + name + "=joe");
                    Connection other = one.connect()) {
                assertThat(value(client, "select current_setting('" + name + "')"))
                        .isEqualTo("joe");
                assertThat(value(other, "select current_setting('" + name + "')")).isEmpty();
                assertThat(value(client, "select current_setting('" + name + "')"))
                        .isEqualTo("joe");
            }
        }
    }

    /// A client that was there before, one that comes meanwhile, and one that wants it so anyway.
    @Test
    void serverThatTakesNoWritesForAWhileIsNotOverruledForClientsNorRememberedByThem()
            throws Exception {
        try (Connection before = two.connect();
                Connection reader = two.connect()) {
            before.createStatement().execute("create table stopped (n int)");
            insert(before);
            reader.createStatement()
                    .execute("set session characteristics as transaction read only");
            postgres.execute(
                    "alter system set default_transaction_read_only = on",
                    "select pg_reload_conf()");
            // a reload reaches each session in its own time
            Await.until("the server refuses writes", () -> readOnly(before).equals("on"));
            try (Connection meanwhile = two.connect()) {
                for (int i = 0; i < 4; i++) {
                    assertRefused(before);
                    assertRefused(meanwhile);
                    assertRefused(reader);
                }
                postgres.execute(
                        "alter system reset default_transaction_read_only",
                        "select pg_reload_conf()");
                Await.until("the server takes writes", () -> readOnly(before).equals("off"));
                for (int i = 0; i < 4; i++) {
                    insert(before);
                    insert(meanwhile);
                    assertRefused(reader);
                }
                reader.createStatement()
                        .execute("set session characteristics as transaction read write");
                insert(reader);
                // what a function has set is not known to be the client's, and must be nobody's
                value(reader, "select set_config('default_transaction_read_only', 'on', false)");
                for (int i = 0; i < 4; i++) {
                    insert(before);
                    insert(meanwhile);
                }
            }
            try (Connection asks = two.connect("&options=-c%20default_transaction_read_only=on")) {
                for (int i = 0; i < 3; i++) {
                    assertRefused(asks);
                    insert(before);
                }
            }
        }
    }

    private static String readOnly(Connection client) {
        try {
            return value(client, "show default_transaction_read_only");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void insert(Connection client) throws SQLException {
        client.createStatement().execute("insert into stopped values (1)");
    }

    private static void assertRefused(Connection client) {
        assertThatThrownBy(() -> insert(client)).hasMessageContaining("read-only transaction");
    }

    /// A session that lies unused reads a changed configuration with its next request, which is the
    /// one by which the next client's settings are put back.
    @Test
    void clientKeepsWhatItWasToldWhereTheConfigurationChangesWhileItsSettingsArePutBack()
            throws Exception {
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).to(postgres);
                RawClient plain = RawClient.in(proxy.port());
                RawClient other = RawClient.in(proxy.port())) {
            String told = plain.reported("TimeZone");
            other.query("set intervalstyle = 'iso_8601'").flush().untilReady();
            postgres.execute("alter system set timezone = 'Asia/Tokyo'", "select pg_reload_conf()");
            try {
                Await.until(
                        "the postmaster has told all sessions",
                        () -> timeZoneOf(postgres.port()).equals("Asia/Tokyo"));
                assertThat(row(plain, "show timezone")).endsWith(told);
                assertThat(row(plain, "show intervalstyle")).endsWith("postgres");
                assertThat(row(other, "show timezone")).endsWith(told);
                assertThat(row(other, "show intervalstyle")).endsWith("iso_8601");
            } finally {
                postgres.execute("alter system reset timezone", "select pg_reload_conf()");
            }
        }
    }

    private static String timeZoneOf(int port) {
        try (RawClient client = RawClient.in(port)) {
            return client.reported("TimeZone");
        }
    }

    /// It may also be the one by which the server is asked what goes along with a client.
    @Test
    void clientIsToldWhatChangesWhileItsServerIsAsked() {
        try (var server =
                        new FakeServer(visit -> {
                            visit.login();
                            visit.message();
                            visit.say('C', "SET\0").say('Z', "I");
                            visit.message();
                            visit.say('D', "\0\2\0\0\0\1a\0\0\0\1b").say('C', "SELECT 1\0");
                            visit.say('S', "TimeZone\0Asia/Tokyo\0").say('Z', "I");
                            visit.message();
                            visit.say('C', "SELECT 1\0").say('Z', "I").untilEnd();
                        });
                var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(
                                        new ServerTlsSettings(
                                                ServerTlsMode.DISABLE, null, null, null))
                                .to(server.address());
                RawClient client = RawClient.in(proxy.port())) {
            client.query("set search_path to a").flush().untilReady();
            assertThat(client.query("select 1").flush().types(1)).isEqualTo("SCZ");
            assertThat(client.reported("TimeZone")).isEqualTo("Asia/Tokyo");
        }
    }

    @Test
    void serverIsShownWhereEachClientComesFromWhereAskedFor() throws Exception {
        String activity =
                "select application_name from pg_stat_activity where pid = pg_backend_pid()";
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).addingHosts().to(postgres);
                RawClient nameless = new RawClient(proxy.port());
                RawClient named = new RawClient(proxy.port())) {
            nameless.startup("user", "app", "database", "app").flush().untilIn();
            named.startup("user", "app", "database", "app", "application_name", "psql").flush();
            named.untilIn();
            for (int i = 0; i < 3; i++) {
                assertThat(row(nameless, activity)).endsWith(nameless.address());
                assertThat(row(named, activity)).endsWith("psql - " + named.address());
            }
            assertThat(named.reported("application_name")).isEqualTo("psql - " + named.address());
            named.query("set application_name to mine").flush().untilReady();
            assertThat(row(named, activity)).endsWith("mine");
        }
    }

    private static String row(RawClient client, String sql) {
        return client.query(sql).flush().untilReady().get(1).text();
    }

    @Test
    void settingThatTheServerRefusesEndsTheLoginInItsWords() {
        assertThatThrownBy(() -> one.connect("&options=-c%20geqo=perhaps"))
                .isInstanceOfSatisfying(
                        PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"))
                .hasMessageContaining("geqo");
        assertThatThrownBy(() -> one.connect("&options=-c%20no_such_thing=1"))
                .hasMessageContaining("no_such_thing");
    }
}
