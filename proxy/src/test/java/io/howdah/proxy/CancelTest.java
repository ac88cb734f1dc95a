package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.Peer;
import io.howdah.proxy.settings.Peers;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.testing.Await;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Cancel requests: by keys of protocol 3.2, and at another proxy than the client's own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CancelTest {

    private static final TestProxy.Settings TWO = TestProxy.of(PoolMode.TRANSACTION, 2);

    private final TestPostgres postgres = TestPostgres.start();

    @AfterAll
    void stop() {
        postgres.close();
    }

    private void awaitSleeper() {
        Await.until("it sleeps", postgres::isAsleep);
    }

    private static void cancel(int port, byte[] key) {
        try (RawClient canceller = new RawClient(port)) {
            canceller.cancel(key).flush();
            assertThat(canceller.oneByte()).isEqualTo(-1);
        }
    }

    private static void assertCancelled(RawClient sleeper) {
        List<RawClient.Message> heard = sleeper.untilReady();
        assertThat(heard.get(heard.size() - 2).field('C')).isEqualTo("57014");
    }

    @Test
    void whoSpeaksNewerProtocolGetsALongKeyAndCancelsWithIt() {
        try (var proxy = TWO.to(postgres);
                RawClient client = new RawClient(proxy.port())) {
            List<RawClient.Message> heard =
                    client.startupOf(2, "user", "app", "database", "app").flush().untilIn();
            assertThat(heard.getFirst().type()).isEqualTo('R');
            assertThat(client.key()).hasSize(36);
            client.query("select pg_sleep(80)").flush();
            awaitSleeper();
            byte[] wrong = client.key().clone();
            wrong[35] ^= 1;
            cancel(proxy.port(), wrong);
            cancel(proxy.port(), RawClient.bytes("\0\0\0\1" + "x".repeat(256)));
            assertThat(postgres.isAsleep()).isTrue();
            cancel(proxy.port(), client.key());
            assertCancelled(client);
        }
    }

    private TestProxy peer(int own, int other, int port) {
        var address = new ServerAddress.Tcp("127.0.0.1", port);
        return TWO.with(new Peers(own, Map.of(other, new Peer(address, ServerTlsSettings.DEFAULT))))
                .to(postgres);
    }

    @Test
    void requestThatArrivesAtAnotherProxyIsHandedOnOnce() {
        try (var first = peer(1, 2, 1);
                var second = peer(2, 1, first.port());
                RawClient shortKey = RawClient.in(first.port());
                RawClient longKey = new RawClient(first.port())) {
            longKey.startupOf(2, "user", "app", "database", "app").flush().untilIn();
            for (RawClient client : List.of(shortKey, longKey)) {
                client.query("select pg_sleep(80)").flush();
                awaitSleeper();
                byte[] handedOn = client.key().clone();
                handedOn[0] |= (byte) 0x80;
                cancel(second.port(), handedOn);
                assertThat(postgres.isAsleep()).isTrue();
                cancel(second.port(), client.key());
                assertCancelled(client);
            }
        }
    }

    /// Nobody can send requests around in a circle, or is kept waiting by a proxy that is gone.
    @Test
    void requestWithNowhereToGoEnds() {
        try (var proxy = peer(1, 2, 1)) {
            cancel(proxy.port(), RawClient.bytes("\0\2\0\0abcd"));
            cancel(proxy.port(), RawClient.bytes("\0\3\0\0abcd"));
            cancel(proxy.port(), RawClient.bytes("\0\1\0\0abcd"));
        }
    }
}
