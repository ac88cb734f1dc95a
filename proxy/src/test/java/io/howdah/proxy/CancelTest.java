package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.Peer;
import io.howdah.proxy.settings.Peers;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.topology.FakeTopology;
import io.howdah.testing.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void requestGetsThroughWhereThereAreAsManyClientsAsMayBe() {
        try (var proxy = TWO.clients(1).to(postgres);
                RawClient client = RawClient.in(proxy.port())) {
            client.query("select pg_sleep(80)").flush();
            awaitSleeper();
            try (RawClient second = new RawClient(proxy.port())) {
                second.startup("user", "app", "database", "app").flush();
                assertThat(second.untilEnd().getLast().field('C')).isEqualTo("53300");
            }
            cancel(proxy.port(), client.key());
            assertCancelled(client);
        }
    }

    /// Also where the settings say nothing of it any more.
    @Test
    void requestGoesToTheServerThatWorksWhereverTheDatabaseIsNow() {
        var elsewhere = new ServerAddress.Tcp("127.0.0.1", 1);
        var otherwise = TWO.with(new ServerTlsSettings(ServerTlsMode.DISABLE, null, null, null));
        for (ProxySettings changed :
                List.of(TWO.settings(elsewhere), otherwise.only(postgres, "new", "app"))) {
            try (var proxy = TWO.to(postgres);
                    RawClient client = RawClient.in(proxy.port())) {
                client.query("select pg_sleep(80)").flush();
                awaitSleeper();
                proxy.proxy().reload(changed);
                cancel(proxy.port(), client.key());
                assertCancelled(client);
            }
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

    /// As beside the nodes of a cluster, where a balancer may lead a request to any of them.
    @Test
    void requestForAnotherProxyOfTheClusterIsHandedOnToWhereThatIs() {
        var cluster = new FakeTopology();
        cluster.lead(new ServerAddress.Tcp("localhost", postgres.port()));
        try (var first = ofCluster(1, cluster);
                var second = ofCluster(2, cluster);
                RawClient client = RawClient.in(first.port())) {
            client.query("select pg_sleep(80)").flush();
            awaitSleeper();
            cancel(second.port(), client.key());
            assertThat(postgres.isAsleep()).as("it is known where the first one is").isTrue();
            cluster.takesClients(1, new ServerAddress.Tcp("127.0.0.1", first.port()));
            cancel(second.port(), client.key());
            assertCancelled(client);
        }
    }

    private static TestProxy ofCluster(int own, FakeTopology cluster) {
        return TWO.with(Peers.ofCluster(own, ServerTlsSettings.DEFAULT)).to(cluster);
    }

    /// As `PQcancelStart` sends them; to a proxy that takes no login in the clear, by one that is
    /// known to it by its certificate.
    @Test
    void requestInsideTlsIsHeededAndHandedOnInsideTls(@TempDir Path folder) {
        var authority = new Certificates("authority");
        authority.identity("proxy").into(folder, "proxy");
        Path trusted = Secrets.write(folder.resolve("authority.crt"), authority.authority());
        var encrypting =
                TWO.with(
                        new Admission(
                                AccessRules.trustingLoopback(),
                                null,
                                null,
                                new ClientTlsSettings(
                                        true,
                                        folder.resolve("proxy.crt"),
                                        folder.resolve("proxy.key"),
                                        null)));
        var verifying = new ServerTlsSettings(ServerTlsMode.VERIFY_FULL, trusted, null, null);
        try (var first = encrypting.with(new Peers(1, Map.of())).to(postgres);
                var second =
                        encrypting
                                .with(
                                        new Peers(
                                                2,
                                                Map.of(
                                                        1,
                                                        new Peer(
                                                                new ServerAddress.Tcp(
                                                                        "127.0.0.1", first.port()),
                                                                verifying))))
                                .to(postgres);
                RawClient client = RawClient.encrypted(first.port(), authority.context())) {
            client.startup("user", "app", "database", "app").flush().untilIn();
            for (TestProxy proxy : List.of(first, second)) {
                client.query("select pg_sleep(80)").flush();
                awaitSleeper();
                try (RawClient canceller = RawClient.encrypted(proxy.port(), authority.context())) {
                    canceller.cancel(client.key()).flush();
                    assertThat(canceller.oneByte()).isEqualTo(-1);
                }
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
