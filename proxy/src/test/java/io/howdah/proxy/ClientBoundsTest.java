package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.testing.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What a client allows itself on a server connection (`statement_timeout` and its like) bounds
/// neither what the proxy does there for others nor who comes next. Each time the proxy's own
/// request is held up by a lock, for far longer than the client's bounds.
class ClientBoundsTest {

    private static final String BOUND = "100ms";

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnPostgres {
        private final TestPostgres postgres;
        private final int version;

        OnPostgres(String choice) throws SQLException {
            postgres = TestPostgres.start(choice, "host all all 127.0.0.1/32 trust", Map.of());
            version = Integer.parseInt(asked("show server_version_num")) / 10_000;
        }

        @AfterAll
        void stop() {
            postgres.close();
        }

        private String asked(String sql) throws SQLException {
            try (Connection direct = postgres.connect();
                    ResultSet rows = direct.createStatement().executeQuery(sql)) {
                return rows.next() ? rows.getString(1) : "";
            }
        }

        private TestProxy proxy(PoolMode mode) {
            return TestProxy.of(mode, 1).to(postgres);
        }

        private static RawClient asking(TestProxy proxy, String... parameters) {
            RawClient client = new RawClient(proxy.port());
            List<String> all = new ArrayList<>(List.of("user", "app", "database", "app"));
            all.addAll(List.of(parameters));
            return client.startup(all.toArray(new String[0])).flush();
        }

        private static RawClient in(TestProxy proxy, String name) {
            RawClient client = asking(proxy, "application_name", name);
            client.untilIn();
            return client;
        }

        /// All that it may not take longer than.
        private RawClient bound(RawClient client) {
            String all =
                    "set statement_timeout = '%s'; set lock_timeout = '%s'; set default_transaction_deferrable = on"
                            .formatted(BOUND, BOUND);
            client.query(
                            version < 17
                                    ? all
                                    : all + "; set transaction_timeout = '%s'".formatted(BOUND))
                    .flush();
            return client;
        }

        /// Nobody comes past a lock on what the server knows of functions, or of dependencies.
        private Connection lock(String catalog) throws SQLException {
            // What a session has looked up already it has to look up again.
            Connection holder =
                    DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/app?user=app");
            holder.createStatement()
                    .execute("alter function pg_catalog.set_config(text, text, boolean) cost 1");
            holder.createStatement()
                    .execute("alter function pg_catalog.current_setting(text) cost 1");
            holder.setAutoCommit(false);
            holder.createStatement().execute("lock table pg_catalog." + catalog);
            return holder;
        }

        /// Returns when the proxy's request has waited for longer than any bound.
        private String awaitHeldUp(String words) {
            String waiting =
                    """
                    select min(pid)::text from pg_catalog.pg_stat_activity
                     where datname = 'app' and wait_event_type = 'Lock' and query like '%s%%'
                       and clock_timestamp() - query_start > interval '500ms'
                    """
                            .formatted(words);
            String[] process = {null};
            Await.until(
                    "'" + words + "…' waits",
                    () -> {
                        try {
                            process[0] = asked(waiting);
                            return process[0] != null;
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    });
            return process[0];
        }

        private static List<Character> types(List<RawClient.Message> messages) {
            return messages.stream().map(RawClient.Message::type).toList();
        }

        private static String answer(RawClient client) {
            return client.untilReady().stream()
                    .filter(message -> message.type() == 'D' || message.type() == 'E')
                    .map(RawClient.Message::toString)
                    .findFirst()
                    .orElse("nothing");
        }

        private static String value(RawClient client, String sql) {
            client.query(sql).flush();
            return answer(client);
        }

        @Test
        void clientIsLetInWhateverTheLastOneHasSet() throws Exception {
            try (TestProxy proxy = proxy(PoolMode.TRANSACTION);
                    RawClient first = RawClient.in(proxy.port())) {
                bound(first).untilReady();
                value(first, "select 1");
                try (Connection holder = lock("pg_proc");
                        RawClient second = asking(proxy, "options", "-c geqo=off")) {
                    awaitHeldUp("SET LOCAL");
                    holder.rollback();
                    assertThat(types(second.untilIn())).contains('K').doesNotContain('E');
                    assertThat(value(second, "show geqo")).endsWith("off");
                }
            }
        }

        @Test
        void settingsArePutBackWhateverTheLastOneHasSet() throws Exception {
            try (TestProxy proxy = proxy(PoolMode.TRANSACTION);
                    RawClient first = in(proxy, "first");
                    RawClient second = in(proxy, "second")) {
                bound(first).untilReady();
                value(first, "select 1");
                try (Connection holder = lock("pg_proc")) {
                    second.query("show application_name").flush();
                    awaitHeldUp("SET LOCAL");
                    holder.rollback();
                    assertThat(answer(second)).endsWith("second");
                }
            }
        }

        @Test
        void whatAClientTakesAlongIsAskedForWhateverItHasSet() throws Exception {
            Assumptions.assumeTrue(version < 18, "search_path is reported");
            try (TestProxy proxy = proxy(PoolMode.TRANSACTION);
                    RawClient first = in(proxy, "first");
                    RawClient second = in(proxy, "second")) {
                value(first, "select 1");
                try (Connection holder = lock("pg_proc")) {
                    first.query("set search_path = mine").flush();
                    first.untilReady();
                    awaitHeldUp("SET LOCAL");
                    holder.rollback();
                }
                bound(first).untilReady();
                try (Connection holder = lock("pg_proc")) {
                    first.query("set search_path = yours").flush();
                    first.untilReady();
                    awaitHeldUp("SET LOCAL");
                    holder.rollback();
                }
                assertThat(value(second, "show search_path")).endsWith("public");
                assertThat(value(first, "show search_path")).endsWith("yours");
            }
        }

        @Test
        void whatASessionLeavesIsForgottenWhateverItHasSet() throws Exception {
            try (TestProxy proxy = proxy(PoolMode.SESSION)) {
                String process;
                try (RawClient first = in(proxy, "first")) {
                    process = value(first, "select pg_backend_pid()");
                    value(first, "create temporary table t (a int)");
                    value(first, "set statement_timeout = '" + BOUND + "'");
                    value(first, "set lock_timeout = '" + BOUND + "'");
                    try (Connection holder = lock("pg_depend")) {
                        first.message('X', "").flush();
                        awaitHeldUp("DISCARD ALL");
                        holder.rollback();
                    }
                }
                try (RawClient second = in(proxy, "second")) {
                    assertThat(value(second, "select pg_backend_pid()")).isEqualTo(process);
                    assertThat(value(second, "show statement_timeout")).endsWith("0");
                    assertThat(value(second, "select * from t")).contains("42P01");
                }
            }
        }

        @Test
        void boundsThatAClientBeginsWithAreItsOwn() {
            try (TestProxy proxy = proxy(PoolMode.TRANSACTION);
                    RawClient bounded =
                            asking(
                                    proxy,
                                    "options",
                                    "-c statement_timeout=250 -c lock_timeout=3s -c geqo=off");
                    RawClient other = in(proxy, "other")) {
                bounded.untilIn();
                for (int round = 0; round < 3; round++) {
                    assertThat(value(bounded, "show statement_timeout")).endsWith("250ms");
                    assertThat(value(bounded, "show geqo")).endsWith("off");
                    assertThat(value(other, "show statement_timeout")).endsWith("0");
                    assertThat(value(other, "show lock_timeout")).endsWith("0");
                }
                assertThat(value(bounded, "select pg_sleep(60)")).contains("57014");
                assertThat(value(other, "show geqo")).endsWith("on");
            }
        }

        @Test
        void connectionThatEndsBeforeAClientIsServedIsReplacedUnheard() throws Exception {
            try (TestProxy proxy = proxy(PoolMode.TRANSACTION);
                    RawClient first = in(proxy, "first");
                    RawClient second = in(proxy, "second")) {
                value(first, "select 1");
                try (Connection holder = lock("pg_proc")) {
                    second.query("show application_name").flush();
                    String process = awaitHeldUp("SET LOCAL");
                    postgres.execute("select pg_catalog.pg_terminate_backend(" + process + ")");
                    Await.until(
                            process + " is gone",
                            () -> {
                                try {
                                    return asked(
                                                    "select pid from pg_catalog.pg_stat_activity"
                                                            + " where pid = "
                                                            + process)
                                            .isEmpty();
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
                    holder.rollback();
                    assertThat(answer(second)).endsWith("second");
                }
            }
        }
    }

    @Nested
    class OnTheInstalledPostgres extends OnPostgres {
        OnTheInstalledPostgres() throws SQLException {
            super("auto");
        }
    }

    @Nested
    class OnTheEmbeddedPostgres extends OnPostgres {
        OnTheEmbeddedPostgres() throws SQLException {
            super("embedded");
        }
    }
}
