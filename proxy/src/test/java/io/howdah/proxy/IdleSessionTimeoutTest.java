package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.testing.Await;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// PostgreSQL ends sessions that are idle for too long, where it is told to.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdleSessionTimeoutTest {

    private static final String SHOW = "show idle_session_timeout";

    private final TestPostgres postgres = TestPostgres.start();

    @AfterAll
    void stop() {
        postgres.close();
    }

    private static String shown(RawClient client) {
        return client.query(SHOW).flush().untilReady().get(1).text().substring(6);
    }

    @Test
    void whatTheServerSaysOfIdleSessionsIsForSessionsOnly() {
        postgres.execute("alter role app set idle_session_timeout = '10min'");
        for (PoolMode mode : List.of(PoolMode.TRANSACTION, PoolMode.STATEMENT)) {
            try (TestProxy lending = TestProxy.of(mode, 1).to(postgres);
                    RawClient client = RawClient.in(lending.port())) {
                assertThat(shown(client)).isEqualTo("0");
                client.query("discard all").flush().untilReady();
                assertThat(shown(client)).isEqualTo("0");
            }
        }
        try (TestProxy keeping = TestProxy.of(PoolMode.SESSION, 1).to(postgres);
                RawClient client = RawClient.in(keeping.port())) {
            assertThat(shown(client)).isEqualTo("10min");
        }
    }

    @Test
    void connectionThatEndsForWhatAClientHasSetIsMissedByNobody() {
        try (TestProxy proxy = TestProxy.of(PoolMode.TRANSACTION, 1).to(postgres);
                RawClient one = RawClient.in(proxy.port());
                RawClient other = RawClient.in(proxy.port())) {
            for (int i = 0; i < 5; i++) {
                one.query("set idle_session_timeout = '50ms'").flush().untilReady();
                Await.until("it has ended", () -> postgres.connectionsOf("app") == 0);
                assertThat(other.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            }
            assertThat(one.query("select 1").flush().types(1)).isEqualTo("TDCZ");
        }
    }

    @Test
    void serverThatKnowsNoSuchTimeoutIsUsedWithoutIt() {
        Queue<String> startups = new ConcurrentLinkedQueue<>();
        try (var old =
                        new FakeServer(visit -> {
                            String startup = visit.startup();
                            startups.add(startup);
                            if (startup.contains("idle_session_timeout")) {
                                visit.say(
                                        'E',
                                        "SFATAL\0C42704\0Munrecognized configuration parameter"
                                                + " \"idle_session_timeout\"\0\0");
                            } else {
                                visit.ask(0, "")
                                        .say('K', "\0\0\0\1\0\0\0\2")
                                        .say('Z', "I")
                                        .untilEnd();
                            }
                        });
                TestProxy proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(
                                        new ServerTlsSettings(
                                                ServerTlsMode.DISABLE, null, null, null))
                                .to(old.address());
                RawClient client = RawClient.in(proxy.port())) {
            assertThat(client.key()).isNotEmpty();
            assertThat(startups).hasSize(2);
        }
    }
}
