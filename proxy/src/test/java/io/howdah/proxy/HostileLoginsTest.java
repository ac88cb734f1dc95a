package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.TestTimeouts;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients that try to come in by other ways than with a password.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileLoginsTest {

    private final TestPostgres postgres;
    private final TestProxy proxy;

    HostileLoginsTest() throws Exception {
        postgres = TestPostgres.withPasswords("auto");
        LoginTest.prepare(postgres);
        proxy =
                TestProxy.of(PoolMode.TRANSACTION, 2)
                        .with(LoginTest.lookup(Duration.ofSeconds(1)))
                        .to(postgres);
    }

    @AfterAll
    void stop() {
        proxy.close();
        postgres.close();
    }

    record Attack(String name, Consumer<RawClient> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Attack whenAsked(String name, Consumer<RawClient> says) {
        return new Attack(
                name,
                client -> {
                    client.startup("user", "ann", "database", "app").flush();
                    client.next();
                    says.accept(client);
                });
    }

    private static String length(int length) {
        return new String(
                ByteBuffer.allocate(4).putInt(length).array(), StandardCharsets.ISO_8859_1);
    }

    static Stream<Attack> attacks() {
        return Stream.of(
                whenAsked(
                        "second first packet",
                        client -> client.startup("user", "postgres", "database", "app")),
                whenAsked("query instead of a proof", client -> client.query("select 1")),
                whenAsked("goodbye instead of a proof", client -> client.message('X', "")),
                new Attack(
                        "query behind the first packet",
                        client ->
                                client.startup("user", "ann", "database", "app").query("select 1")),
                whenAsked("proof without end", client -> client.message('p', "x".repeat(1021))),
                whenAsked(
                        "negative length",
                        client -> client.raw((byte) 'p').raw(RawClient.bytes(length(-1)))),
                whenAsked(
                        "length of nothing",
                        client -> client.raw((byte) 'p').raw(RawClient.bytes(length(3)))),
                whenAsked("empty proof", client -> client.message('p', "")),
                whenAsked(
                        "no end of the mechanism", client -> client.message('p', "SCRAM-SHA-256")),
                whenAsked(
                        "data longer than the message",
                        client ->
                                client.message('p', "SCRAM-SHA-256\0" + length(900) + "n,,n=,r=a")),
                whenAsked(
                        "data shorter than the message",
                        client -> client.message('p', "SCRAM-SHA-256\0" + length(1) + "n,,n=,r=a")),
                whenAsked("no data", client -> client.message('p', "SCRAM-SHA-256\0" + length(-1))),
                whenAsked(
                        "binding that was not offered",
                        client ->
                                client.message(
                                        'p',
                                        "SCRAM-SHA-256-PLUS\0"
                                                + length(32)
                                                + "p=tls-server-end-point,,n=,r=abcd")),
                whenAsked("bytes that are no text", client -> client.sasl("n,,n=\u00ff\u00fe,r=a")),
                whenAsked(
                        "proof of nothing",
                        client -> {
                            client.sasl("n,,n=,r=abc").flush();
                            String nonce = client.next().text().substring(6).split(",")[0];
                            client.message('p', "c=biws,r=" + nonce + ",p=AAAA");
                        }),
                whenAsked(
                        "proof for another exchange",
                        client -> {
                            client.sasl("n,,n=,r=abc").flush();
                            client.next();
                            client.message('p', "c=biws,r=abcdef,p=" + "A".repeat(43) + "=");
                        }));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void isRefusedAndNobodyElseNotices(Attack attack) throws Exception {
        try (RawClient client = new RawClient(proxy.port())) {
            attack.says().accept(client);
            client.flush();
            List<RawClient.Message> heard = client.untilEnd();
            assertThat(heard.getLast().type()).isEqualTo('E');
            assertThat(heard.getLast().field('S')).isEqualTo("FATAL");
            assertThat(heard.getLast().field('C')).isEqualTo("08P01");
            assertThat(heard).noneMatch(message -> message.type() == 'Z');
        }
        assertServes();
    }

    private void assertServes() throws Exception {
        try (Connection client = LoginTest.connect(proxy.port(), "ann", "sesame")) {
            assertThat(LoginTest.value(client, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void wrongProofCannotBeTriedAgain() {
        try (RawClient client = new RawClient(proxy.port())) {
            client.startup("user", "ann", "database", "app").flush();
            client.next();
            client.sasl("n,,n=,r=abc").flush();
            String nonce = client.next().text().substring(6).split(",")[0];
            String proof = "c=biws,r=" + nonce + ",p=" + "A".repeat(43) + "=";
            client.message('p', proof).message('p', proof).flush();
            List<RawClient.Message> heard = client.untilEnd();
            assertThat(heard).hasSize(1);
            assertThat(heard.getLast().field('C')).isEqualTo("28P01");
        }
    }

    @Test
    void silentClientIsSentAway() {
        var impatient =
                new TestTimeouts()
                        .queryWait(Duration.ofSeconds(10))
                        .clientLogin(Duration.ofMillis(300))
                        .serverConnect(Duration.ofSeconds(5))
                        .build();
        try (var other =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(LoginTest.lookup(Duration.ofSeconds(1)))
                                .with(impatient)
                                .to(postgres);
                RawClient client = new RawClient(other.port())) {
            client.startup("user", "ann", "database", "app").flush();
            List<RawClient.Message> heard = client.untilEnd();
            assertThat(heard.getLast().field('M')).contains("the login was not done within 300ms");
        }
    }

    @Test
    void loginWaitsForAServerThatCannotBeAskedAndThenSaysSo() {
        var impatient =
                new TestTimeouts()
                        .queryWait(Duration.ofSeconds(10))
                        .clientLogin(Duration.ofSeconds(4))
                        .serverConnect(Duration.ofSeconds(5))
                        .build();
        try (var other =
                TestProxy.of(PoolMode.TRANSACTION, 1)
                        .with(LoginTest.lookup(Duration.ofSeconds(1)))
                        .with(impatient)
                        .to(new ServerAddress.Tcp("127.0.0.1", 1))) {
            assertThatThrownBy(() -> LoginTest.connect(other.port(), "ann", "sesame"))
                    .hasMessageContaining("the login was not done within 4s")
                    .hasMessageContaining("the last attempt to reach the server");
        }
    }

    /// Random bytes where a proof is expected; afterwards the proxy serves as if nothing had been.
    @Test
    void noiseHarmsNobody() throws Exception {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            try (RawClient client = new RawClient(proxy.port())) {
                client.startup("user", random.nextBoolean() ? "ann" : "nobody", "database", "app");
                byte[] noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);
                if (random.nextBoolean()) {
                    client.flush().next();
                    client.sasl("n,,n=,r=abc");
                }
                client.message('p', new String(noise, StandardCharsets.ISO_8859_1))
                        .raw(noise)
                        .flush();
            } catch (UncheckedIOException e) {
                // It was refused while it was still talking.
            }
        }
        assertServes();
    }
}
