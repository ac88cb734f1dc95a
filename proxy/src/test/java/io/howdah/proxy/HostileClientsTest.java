package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Clients that mean no good, or make mistakes: each gets a clear error or an end, and nobody else
/// notices.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileClientsTest {

    private static final int TLS_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy proxy = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);

    @AfterAll
    void stop() {
        proxy.close();
        postgres.close();
    }

    private static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    private void assertRefused(RawClient client, String sqlState) {
        List<RawClient.Message> heard = client.untilEnd();
        assertThat(heard).isNotEmpty();
        assertThat(heard.getLast().type()).isEqualTo('E');
        assertThat(heard.getLast().field('S')).isEqualTo("FATAL");
        assertThat(heard.getLast().field('C')).isEqualTo(sqlState);
        assertServes();
    }

    private void assertServes() {
        try (RawClient other = RawClient.in(proxy.port())) {
            assertThat(other.query("select 1").flush().types(1)).isEqualTo("TDCZ");
        }
    }

    @Test
    void impossibleLengthsOfTheFirstPacketAreRefused() {
        for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 4, 7, 10_001, Integer.MAX_VALUE}) {
            try (RawClient client = new RawClient(proxy.port())) {
                client.raw(ints(length, 3 << 16)).flush();
                assertRefused(client, "08P01");
            }
        }
    }

    @Test
    void impossibleLengthsOfMessagesAreRefused() {
        for (int length :
                new int[] {Integer.MIN_VALUE, -1, 0, 3, 4, 0x4000_0000, Integer.MAX_VALUE}) {
            try (RawClient client = RawClient.in(proxy.port())) {
                client.raw((byte) 'Q').raw(ints(length)).flush();
                assertRefused(client, "08P01");
            }
        }
    }

    @Test
    void secondStartupMessageIsRefused() {
        try (RawClient client = RawClient.in(proxy.port())) {
            client.startup("user", "postgres", "database", "app").flush();
            assertRefused(client, "08P01");
        }
    }

    @Test
    void bytesAheadOfTheAnswerToAnEncryptionRequestAreRefused() {
        for (int request : new int[] {TLS_REQUEST, GSS_REQUEST}) {
            try (RawClient client = new RawClient(proxy.port())) {
                client.raw(ints(8, request)).startup("user", "app").flush();
                assertRefused(client, "08P01");
            }
        }
    }

    @Test
    void encryptionIsDeclinedOncePerKind() {
        try (RawClient client = new RawClient(proxy.port())) {
            assertThat(client.raw(ints(8, GSS_REQUEST)).flush().oneByte()).isEqualTo('N');
            assertThat(client.raw(ints(8, TLS_REQUEST)).flush().oneByte()).isEqualTo('N');
            client.raw(ints(8, TLS_REQUEST)).flush();
            assertRefused(client, "08P01");
        }
    }

    @Test
    void replicationIsRefusedInWords() {
        try (RawClient client = new RawClient(proxy.port())) {
            client.startup("user", "app", "database", "app", "replication", "database").flush();
            assertRefused(client, "0A000");
        }
        try (RawClient client = new RawClient(proxy.port())) {
            client.startup("user", "app", "database", "app", "replication", "all").flush();
            assertRefused(client, "22023");
        }
    }

    @Test
    void passwordMessageAfterTheLoginIsRefused() {
        try (RawClient client = RawClient.in(proxy.port())) {
            client.message('p', "secret\0").flush();
            assertRefused(client, "08P01");
        }
    }

    @Test
    void newerProtocolIsNegotiatedDown() {
        try (RawClient client = new RawClient(proxy.port())) {
            byte[] parameters = RawClient.bytes("user\0app\0_pq_.wish\0yes\0\0");
            client.raw(ints(8 + parameters.length, (3 << 16) | 9999)).raw(parameters).flush();
            RawClient.Message first = client.next();
            assertThat(first.type()).isEqualTo('v');
            assertThat(first.body()).startsWith(ints((3 << 16) | 2, 1)).endsWith(0);
            assertThat(client.types(1)).startsWith("RS").endsWith("KZ");
        }
    }

    @Test
    void wrongCancelKeyCancelsNothing() {
        try (RawClient sleeper = RawClient.in(proxy.port())) {
            sleeper.query("select pg_sleep(1)").flush();
            for (int i = 0; i < 50; i++) {
                try (RawClient guesser = new RawClient(proxy.port())) {
                    byte[] guess = sleeper.key().clone();
                    guess[7] ^= (byte) (i + 1);
                    guesser.raw(ints(16, 80877102)).raw(guess).flush();
                    assertThat(guesser.oneByte()).isEqualTo(-1);
                }
            }
            assertThat(sleeper.types(1)).isEqualTo("TDCZ");
        }
    }

    /// Random bytes at each stage; afterwards the proxy serves as if nothing had been.
    @Test
    void noiseHarmsNobody() {
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            try (RawClient client =
                    random.nextBoolean()
                            ? new RawClient(proxy.port())
                            : RawClient.in(proxy.port())) {
                byte[] noise = new byte[random.nextInt(300)];
                random.nextBytes(noise);
                for (int i = 0; i + 5 < noise.length; i += 5 + random.nextInt(30)) {
                    // Now and then a message that could be one.
                    noise[i] = (byte) "QPBDECSHFdcfXp".charAt(random.nextInt(14));
                    ByteBuffer.wrap(noise).putInt(i + 1, 4 + random.nextInt(12));
                }
                client.raw(noise).flush();
            } catch (UncheckedIOException e) {
                // It was refused while it was still talking.
            }
        }
        assertServes();
        assertServes();
        assertServes();
    }
}
