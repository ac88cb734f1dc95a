package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileServerTest {

    private static final Secret PASSWORD = Secret.of("secret");
    private static final Duration SHORT = Duration.ofMillis(200);

    @Test
    void silentServerIsGivenUp() {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer::readToEnd)) {
            assertThatThrownBy(() ->
                            PostgresConnection.open(server.settings().withTimeouts(SHORT, SHORT)))
                    .isInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("within");
        }
    }

    @Test
    void serverThatIsNoPostgresqlIsToldApart() {
        byte[] answer = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (ScriptedServer server =
                new ScriptedServer(script -> {
                    script.readStartUp();
                    script.raw(answer);
                })) {
            assertThatThrownBy(() -> PostgresConnection.open(server.settings()))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("HINT: is this really a PostgreSQL server?");
        }
    }

    @Test
    void startingServerSaysSo() {
        try (ScriptedServer server =
                new ScriptedServer(script -> {
                    script.readStartUp();
                    script.error("FATAL", "57P03", "the database system is starting up");
                })) {
            assertThatThrownBy(() -> PostgresConnection.open(server.settings()))
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("57P03"));
        }
    }

    @Test
    void scramServerThatDoesNotProveItselfIsRefused() {
        assertScramFails(
                script -> script.send('R', body -> body.writeInt(0)),
                ProtocolException.class,
                "without proving that it knows the password");
    }

    @Test
    void scramServerThatAsksForEndlessWorkIsRefused() {
        assertScramFails(
                script -> serverFirst(script, 2_000_000_000),
                ProtocolException.class,
                "2000000000 SCRAM iterations");
    }

    @Test
    void scramServerWithAFalseSignatureIsRefused() {
        assertScramFails(
                script -> {
                    serverFirst(script, 4096);
                    script.read();
                    sasl(script, 12, "v=" + "A".repeat(43) + "=");
                    script.send('R', body -> body.writeInt(0));
                    script.ready();
                },
                ConnectionFailedException.class,
                "SCRAM authentication of 'someone' failed");
    }

    @Test
    void scramOutOfTurnIsRefused() {
        try (ScriptedServer server =
                new ScriptedServer(script -> {
                    script.readStartUp();
                    sasl(script, 11, "r=x,s=eHg=,i=4096");
                })) {
            assertThatThrownBy(
                            () -> PostgresConnection.open(server.settings().withPassword(PASSWORD)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("never began");
        }
    }

    @Test
    void noticesParametersAndNotificationsMayComeAnywhere() {
        try (ScriptedServer server =
                        new ScriptedServer(script -> {
                            script.readStartUp();
                            chatter(script);
                            script.send('R', body -> body.writeInt(0));
                            chatter(script);
                            script.ready();
                            chatter(script);
                            script.read();
                            chatter(script);
                            script.columns("a");
                            chatter(script);
                            script.row("1");
                            chatter(script);
                            script.complete("SELECT 1");
                            chatter(script);
                            script.ready();
                            script.readToEnd();
                        });
                PostgresConnection connection = PostgresConnection.open(server.settings())) {
            Rows rows = connection.query("select");
            assertThat(rows.single().longValue("a")).isEqualTo(1);
            assertThat(rows.notices()).hasSizeGreaterThanOrEqualTo(4);
            assertThat(connection.serverParameter("mood")).contains("good");
        }
    }

    @Test
    void endlessChatterEndsWithTheDeadline() {
        try (ScriptedServer server =
                        new ScriptedServer(script -> {
                            script.admit();
                            script.read();
                            while (true) {
                                chatter(script);
                            }
                        });
                PostgresConnection connection = PostgresConnection.open(server.settings())) {
            assertThatThrownBy(() -> connection.queryWithin(SHORT, "select"))
                    .isInstanceOf(DeadlineExceededException.class);
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void brokenOffAnswerClosesTheConnection() {
        try (ScriptedServer server =
                        new ScriptedServer(script -> {
                            script.admit();
                            script.read();
                            script.columns("a");
                            script.raw(new byte[] {'D', 0, 0, 0, 50, 0});
                        });
                PostgresConnection connection = PostgresConnection.open(server.settings())) {
            assertThatThrownBy(() -> connection.query("select"))
                    .isInstanceOf(ConnectionFailedException.class)
                    .hasMessageContaining("broke");
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void copyInsteadOfAnAnswerClosesTheConnection() {
        try (ScriptedServer server =
                        new ScriptedServer(script -> {
                            script.admit();
                            script.read();
                            script.send('G', body -> body.write(new byte[3]));
                            script.readToEnd();
                        });
                PostgresConnection connection = PostgresConnection.open(server.settings())) {
            assertThatThrownBy(() -> connection.query("copy t from stdin"))
                    .isInstanceOf(UnexpectedResultException.class)
                    .hasMessageContaining("COPY");
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void nonsenseAfterTheAdmissionEndsInOneClearException() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] nonsense = new byte[random.nextInt(200)];
            random.nextBytes(nonsense);
            if (nonsense.length > 5) {
                nonsense[0] = (byte) "TDCIEZ12nNS".charAt(random.nextInt(11));
                nonsense[1] = nonsense[2] = nonsense[3] = 0;
                nonsense[4] = (byte) (4 + random.nextInt(100));
            }
            try (ScriptedServer server =
                            new ScriptedServer(script -> {
                                script.admit();
                                script.read();
                                script.raw(nonsense);
                            });
                    PostgresConnection connection = PostgresConnection.open(server.settings())) {
                assertThatThrownBy(() -> connection.query("select"))
                        .as("seed %d", seed)
                        .isInstanceOf(WireException.class);
            }
        }
    }

    private static void chatter(ScriptedServer script) throws IOException {
        script.notice("by the way");
        script.parameter("mood", "good");
        script.send(
                'A',
                body -> {
                    body.writeInt(1);
                    body.write("channel\0payload\0".getBytes(StandardCharsets.UTF_8));
                });
    }

    private static void sasl(ScriptedServer script, int code, String text) throws IOException {
        script.send(
                'R',
                body -> {
                    body.writeInt(code);
                    body.write(text.getBytes(StandardCharsets.UTF_8));
                });
    }

    /// Reads the client's first message and answers it with its nonce made longer.
    private static void serverFirst(ScriptedServer script, int iterations) throws IOException {
        String first = script.read();
        String nonce = first.substring(first.indexOf("r=") + 2);
        sasl(script, 11, "r=" + nonce + "more,s=c2FsdHNhbHRzYWx0,i=" + iterations);
    }

    private static void assertScramFails(
            ScriptedServer.Script afterRequest,
            Class<? extends WireException> failure,
            String reason) {
        try (ScriptedServer server =
                new ScriptedServer(script -> {
                    script.readStartUp();
                    sasl(script, 10, "SCRAM-SHA-256\0\0");
                    afterRequest.play(script);
                    script.readToEnd();
                })) {
            assertThatThrownBy(
                            () -> PostgresConnection.open(server.settings().withPassword(PASSWORD)))
                    .isInstanceOf(failure)
                    .hasMessageContaining(reason)
                    .hasMessageNotContaining("secret");
        }
    }
}
