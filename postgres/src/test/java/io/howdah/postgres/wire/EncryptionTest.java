package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.testing.TestAuthority;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What the client makes of servers that should encrypt and do something else.
class EncryptionTest {

    private static final TestAuthority AUTHORITY = new TestAuthority("ours");
    private static final Duration SHORT = Duration.ofMillis(200);

    private static ConnectionSettings encrypted(ScriptedServer server) {
        return server.settings().withTls(AUTHORITY.context()).withPassword(Secret.of("secret"));
    }

    @Test
    void serverThatDoesNotEncryptIsRefusedBeforeAnythingIsSaid() {
        CompletableFuture<Boolean> more = new CompletableFuture<>();
        try (ScriptedServer server =
                new ScriptedServer(script -> {
                    script.readStartUp();
                    script.raw(new byte[] {'N'});
                    more.complete(hearsMore(script));
                })) {
            assertThatThrownBy(() -> PostgresConnection.open(encrypted(server)))
                    .isInstanceOf(ConnectionFailedException.class)
                    .hasMessageContaining("does not encrypt");
            assertThat(more.orTimeout(10, TimeUnit.SECONDS).join()).isFalse();
        }
    }

    @Test
    void wordsInPlainTextBeforeTheEncryptionAreNotBelieved() {
        try (ScriptedServer server =
                new ScriptedServer(script -> {
                    script.readStartUp();
                    script.raw(new byte[] {'S'});
                    // as if somebody in between had put an admission in front of the server's own
                    script.send('R', body -> body.writeInt(0));
                    script.ready();
                    script.readToEnd();
                })) {
            assertThatThrownBy(() -> PostgresConnection.open(encrypted(server)))
                    .isInstanceOf(ConnectionFailedException.class)
                    .hasMessageContaining("no TLS with PostgreSQL");
        }
    }

    @Test
    void errorInPlainTextIsNotRepeated() {
        try (ScriptedServer server =
                new ScriptedServer(script -> {
                    script.readStartUp();
                    script.error("FATAL", "57P03", "call this number");
                    script.readToEnd();
                })) {
            assertThatThrownBy(() -> PostgresConnection.open(encrypted(server)))
                    .isInstanceOf(ConnectionFailedException.class)
                    .hasMessageContaining("something else")
                    .hasMessageNotContaining("call this number");
        }
    }

    @Test
    void serverThatFallsSilentInTheHandshakeIsGivenUp() {
        try (ScriptedServer server =
                new ScriptedServer(script -> {
                    script.readStartUp();
                    script.raw(new byte[] {'S'});
                    script.readToEnd();
                })) {
            assertThatThrownBy(() ->
                            PostgresConnection.open(encrypted(server).withTimeouts(SHORT, SHORT)))
                    .isInstanceOf(DeadlineExceededException.class);
        }
    }

    @Test
    void nonsenseInsteadOfAHandshakeEndsInOneClearException() {
        for (int seed = 0; seed < 100; seed++) {
            byte[] nonsense = new byte[300];
            Random random = new Random(seed);
            random.nextBytes(nonsense);
            if (seed % 2 == 0) {
                // a record's head, so that it is not refused for its first byte
                byte[] head = {22, 3, 3, 0, (byte) (5 + random.nextInt(200))};
                System.arraycopy(head, 0, nonsense, 0, head.length);
            }
            try (ScriptedServer server =
                    new ScriptedServer(script -> {
                        script.readStartUp();
                        script.raw(new byte[] {'S'});
                        script.raw(nonsense);
                    })) {
                assertThatThrownBy(() -> PostgresConnection.open(encrypted(server)))
                        .as("seed %d", seed)
                        .isInstanceOf(ConnectionFailedException.class);
            }
        }
    }

    @Test
    void passwordIsNotGivenToAServerThatHidesChannelBinding() {
        TestAuthority.Holder holder = AUTHORITY.holder("server", "127.0.0.1");
        try (ScriptedServer server =
                new ScriptedServer(script -> {
                    script.readStartUp();
                    script.raw(new byte[] {'S'});
                    script.encrypt(AUTHORITY.context(holder));
                    script.readStartUp();
                    script.send(
                            'R',
                            body -> {
                                body.writeInt(10);
                                body.write("SCRAM-SHA-256\0\0".getBytes(StandardCharsets.US_ASCII));
                            });
                    script.readToEnd();
                })) {
            assertThatThrownBy(() -> PostgresConnection.open(encrypted(server)))
                    .isInstanceOf(ConnectionFailedException.class)
                    .hasMessageContaining("SASL with [SCRAM-SHA-256]");
        }
    }

    @Test
    void localSocketIsNotEncrypted() {
        assertThatThrownBy(() ->
                        ConnectionSettings.of(
                                        new ServerAddress.UnixSocket(
                                                java.nio.file.Path.of("/tmp"), 5432),
                                        "postgres")
                                .withTls(AUTHORITY.context()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean hearsMore(ScriptedServer script) throws IOException {
        try {
            script.readStartUp();
            return true;
        } catch (EOFException e) {
            return false;
        }
    }
}
