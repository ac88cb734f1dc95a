package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.TestTimeouts;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Other settings hold from a moment on, and nobody has to leave for it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReloadTest {

    private static final TestProxy.Settings ONE = TestProxy.of(PoolMode.TRANSACTION, 1);

    private final TestPostgres postgres = TestPostgres.start();

    @BeforeAll
    void prepare() {
        postgres.execute("create database other owner app");
    }

    @AfterAll
    void stop() {
        postgres.close();
    }

    private static String database(RawClient client) {
        return client.query("select current_database()").flush().untilReady().get(1).text();
    }

    private ServerAddress server() {
        return new ServerAddress.Tcp("127.0.0.1", postgres.port());
    }

    @Test
    void changedDatabaseIsUsedFromTheNextTransactionOn() {
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);
                RawClient idle = RawClient.in(proxy.port());
                RawClient busy = RawClient.in(proxy.port())) {
            busy.query("begin").flush().untilReady();
            assertThat(database(idle)).endsWith("app");
            assertThat(proxy.proxy().reload(ONE.only(postgres, "app", "other"))).isEmpty();
            assertThat(database(busy)).endsWith("app");
            idle.query("select current_database()").flush();
            busy.query("commit").flush().untilReady();
            assertThat(idle.untilReady().get(1).text()).endsWith("other");
            assertThat(database(busy)).endsWith("other");
        }
    }

    @Test
    void databaseUnderAnotherNameKeepsItsLinesOfTheServers() {
        List<String> lines =
                List.of("host other all all reject", "host all all 127.0.0.1/32 trust");
        AccessRules servers = AccessRules.asFarAsFollowed(lines, _ -> {});
        try (var proxy = ONE.to(postgres);
                RawClient before = RawClient.in(proxy.port())) {
            assertThat(database(before)).endsWith("app");
            proxy.proxy().reload(ONE.only(postgres, "app", "other"));
            proxy.proxy().admit(servers);
            assertThatThrownBy(proxy::connect).hasMessageContaining("rejects");
        }
    }

    @Test
    void whoWaitsForAServerThatIsNotThereGetsTheNewOneAtOnce() {
        try (var proxy = ONE.to(new ServerAddress.Tcp("127.0.0.1", 1));
                RawClient waiting = new RawClient(proxy.port())) {
            waiting.startup("user", "app", "database", "app").flush();
            proxy.proxy().reload(ONE.only(postgres, "app", "other"));
            waiting.untilReady();
            assertThat(database(waiting)).endsWith("other");
        }
    }

    @Test
    void largerPoolServesWhoWaitsAndBoundsOfTimeHold() {
        try (var proxy = ONE.to(postgres);
                RawClient busy = RawClient.in(proxy.port());
                RawClient waiting = RawClient.in(proxy.port())) {
            busy.query("begin").flush().untilReady();
            waiting.query("select 1").flush();
            var more =
                    TestProxy.of(PoolMode.TRANSACTION, 2)
                            .with(new TestTimeouts().query(Duration.ofMillis(200)).build());
            proxy.proxy().reload(more.settings(server()));
            assertThat(waiting.types(1)).isEqualTo("TDCZ");
            assertThat(busy.query("select pg_sleep(80)").flush().untilReady())
                    .extracting(message -> message.field('C'))
                    .contains("57014");
        }
    }

    @Test
    void databaseThatIsGoneSendsItsClientsAwayAsTheyGetDone() throws Exception {
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);
                RawClient busy = RawClient.in(proxy.port());
                RawClient idle = RawClient.in(proxy.port())) {
            busy.query("begin").flush().untilReady();
            proxy.proxy().reload(ONE.only(postgres, "new", "app"));
            assertThat(idle.untilEnd().getLast().field('M')).contains("does not lead to this");
            assertThat(database(busy)).endsWith("app");
            busy.query("commit").flush();
            assertThat(busy.untilEnd().getLast().field('C')).isEqualTo("57P01");
            assertThatThrownBy(proxy::connect).hasMessageContaining("\"app\" is not one");
            try (Connection added =
                    DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/new?user=app")) {
                assertThat(added.isValid(60)).isTrue();
            }
            proxy.proxy().reload(ONE.only(postgres, "app", "app"));
            try (Connection again = proxy.connect()) {
                assertThat(again.isValid(60)).isTrue();
            }
        }
    }

    /// Though they keep their connections until they leave.
    @Test
    void databaseThatIsGoneSendsClientsOfSessionModeAwayToo() {
        try (var proxy = TestProxy.of(PoolMode.SESSION, 2).to(postgres);
                RawClient busy = RawClient.in(proxy.port());
                RawClient idle = RawClient.in(proxy.port())) {
            busy.query("begin").flush().untilReady();
            assertThat(database(idle)).endsWith("app");
            proxy.proxy().reload(ONE.only(postgres, "new", "app"));
            assertThat(idle.untilEnd().getLast().field('C')).isEqualTo("57P01");
            assertThat(database(busy)).endsWith("app");
            busy.query("commit").flush();
            assertThat(busy.untilEnd().getLast().field('C')).isEqualTo("57P01");
        }
    }

    /// Before its turn comes at the end of the block.
    private static void end(RawClient early) {
        early.close();
    }

    /// What a session keeps on its connection stays there, and is not the next client's.
    @Test
    void clientKeepsTheModeWithWhichItCame() {
        try (var proxy = TestProxy.of(PoolMode.SESSION, 2).to(postgres);
                RawClient session = RawClient.in(proxy.port())) {
            session.query("create temp table mine as select 1; set role postgres");
            session.flush().untilReady();
            proxy.proxy().reload(TestProxy.of(PoolMode.TRANSACTION, 1).settings(server()));
            assertThat(session.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            try (RawClient next = new RawClient(proxy.port())) {
                next.startup("user", "app", "database", "app").flush();
                assertThat(session.query("table mine").flush().types(1)).isEqualTo("TDCZ");
                end(session);
                next.untilIn();
                assertThat(next.query("table mine").flush().types(1)).isEqualTo("EZ");
                assertThat(next.query("select current_user").flush().untilReady().get(1).text())
                        .endsWith("app");
                proxy.proxy().reload(TestProxy.of(PoolMode.SESSION, 1).settings(server()));
                try (RawClient last = RawClient.in(proxy.port())) {
                    assertThat(last.query("select 1").flush().types(1)).isEqualTo("TDCZ");
                }
                assertThat(next.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            }
        }
    }

    @Test
    void newRulesAreForWhoComesAndNotForWhoIsIn() throws Exception {
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);
                RawClient in = RawClient.in(proxy.port())) {
            var rules =
                    AccessRules.of(
                            List.of("host all all all reject", "host all all ::1/128 trust"));
            proxy.proxy()
                    .reload(ONE.with(new Admission(rules, null, null, null)).settings(server()));
            assertThatThrownBy(proxy::connect).hasMessageContaining("rejects");
            assertThat(database(in)).endsWith("app");
            proxy.proxy().reload(ONE.with(new Allowance(0, 1)).settings(server()));
            assertThatThrownBy(proxy::connect).hasMessageContaining("too many clients");
        }
    }

    @Test
    void settingsThatCannotBeUsedChangeNothing(@TempDir Path folder) throws Exception {
        try (var proxy = ONE.to(postgres)) {
            var tls =
                    new ClientTlsSettings(
                            true, folder.resolve("none.crt"), folder.resolve("none.key"), null);
            var broken =
                    ONE.with(new Admission(AccessRules.trustingLoopback(), null, null, tls))
                            .only(postgres, "app", "other");
            assertThatThrownBy(() -> proxy.proxy().reload(broken))
                    .isInstanceOf(ProxyException.class)
                    .hasMessageContaining("none.")
                    .hasMessageContaining("HINT: ");
            try (RawClient client = RawClient.in(proxy.port())) {
                assertThat(database(client)).endsWith("app");
            }
        }
    }
}
