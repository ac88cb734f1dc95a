package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ScramVerifier;
import io.howdah.postgres.wire.Secret;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.TestTimeouts;
import io.howdah.proxy.settings.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Servers that mean no good, or are not the ones that they should be: the proxy tells them nothing
/// that they could use, gives up in words, and its client is told.
class HostileServersTest {

    private static final Timeouts SHORT =
            new TestTimeouts()
                    .queryWait(Duration.ofSeconds(5))
                    .clientLogin(Duration.ofSeconds(30))
                    .serverConnect(Duration.ofSeconds(4))
                    .build();

    @TempDir private static Path folder;
    private static Admission byFile = Admission.trustingLoopback();

    @BeforeAll
    static void writeFile() {
        Path file =
                Secrets.write(
                        folder.resolve("userlist.txt"),
                        "\"ann\" \"" + ScramVerifier.of(Secret.of("sesame")) + "\"\n");
        byFile = new Admission(AccessRules.withPassword(), file, null, null);
    }

    private record Evil(String name, FakeServer.Manners manners, String said) {}

    private static String clientNonce(String saslInitial) {
        return saslInitial.substring(saslInitial.indexOf(",r=") + 3);
    }

    private static void scramTo(FakeServer.Visit visit, String more) throws java.io.IOException {
        visit.packet();
        visit.ask(10, "SCRAM-SHA-256\0\0");
        String nonce = clientNonce(visit.message());
        visit.ask(11, "r=" + nonce + more);
    }

    private static List<Evil> servers() {
        return List.of(
                new Evil(
                        "nonce without end",
                        visit -> {
                            scramTo(visit, "x".repeat(50_000) + ",s=AAAA,i=4096");
                            visit.untilEnd();
                        },
                        "authentication message has"),
                new Evil(
                        "message without end",
                        visit -> {
                            visit.packet();
                            visit.say(new byte[] {'R', 0x7f, -1, -1, -1}).untilEnd();
                        },
                        "has the length 2147483647"),
                new Evil(
                        "nonce that is not ours",
                        visit -> {
                            visit.packet();
                            visit.ask(10, "SCRAM-SHA-256\0\0").message();
                            visit.ask(11, "r=elsewhere,s=AAAA,i=4096").untilEnd();
                        },
                        "the login by SCRAM failed"),
                new Evil(
                        "in without a proof of its own",
                        visit -> {
                            scramTo(visit, "more,s=AAAA,i=4096");
                            visit.message();
                            visit.ask(0, "").say('Z', "I").untilEnd();
                        },
                        "without proving that it knows the password"),
                new Evil(
                        "wrong proof of its own",
                        visit -> {
                            scramTo(visit, "more,s=AAAA,i=4096");
                            visit.message();
                            visit.ask(12, "v=" + "A".repeat(43) + "=").ask(0, "").untilEnd();
                        },
                        "the login by SCRAM failed"),
                new Evil(
                        "second proof wanted",
                        visit -> {
                            scramTo(visit, "more,s=AAAA,i=4096");
                            String nonce = visit.message();
                            visit.ask(11, nonce + ",s=AAAA,i=4096").untilEnd();
                        },
                        "asks for a second proof"),
                new Evil(
                        "second login wanted",
                        visit -> {
                            visit.packet();
                            visit.ask(10, "SCRAM-SHA-256\0\0").message();
                            visit.ask(10, "SCRAM-SHA-256\0\0").untilEnd();
                        },
                        "asks for a second login"),
                new Evil(
                        "password in the clear",
                        visit -> {
                            visit.packet();
                            visit.ask(3, "").untilEnd();
                        },
                        "a password in clear text; use scram-sha-256"),
                new Evil(
                        "md5",
                        visit -> {
                            visit.packet();
                            visit.ask(5, "salt").untilEnd();
                        },
                        "asks the proxy for md5; use scram-sha-256"),
                new Evil(
                        "other mechanism",
                        visit -> {
                            visit.packet();
                            visit.ask(10, "PLAIN\0OAUTHBEARER\0\0").untilEnd();
                        },
                        "SASL by [PLAIN, OAUTHBEARER]"),
                new Evil(
                        "ready before it has let in",
                        visit -> {
                            visit.packet();
                            visit.say('Z', "I").untilEnd();
                        },
                        "ready before it has let the proxy in"),
                new Evil(
                        "settings without end",
                        visit -> {
                            visit.packet();
                            visit.ask(0, "");
                            for (int i = 0; i < 1_000; i++) {
                                visit.say('S', "setting" + i + "\0on\0");
                            }
                            visit.untilEnd();
                        },
                        "reports more settings than any does"),
                new Evil(
                        "settings of great length",
                        visit -> {
                            visit.packet();
                            visit.ask(0, "");
                            for (int i = 0; i < 20; i++) {
                                visit.say('S', "setting" + i + "\0" + "x".repeat(50_000) + "\0");
                            }
                            visit.untilEnd();
                        },
                        "reports more settings than any does"),
                new Evil(
                        "authentication request cut short",
                        visit -> {
                            visit.packet();
                            visit.say('R', "\0").untilEnd();
                        },
                        "a message of the login is damaged"),
                new Evil(
                        "error without a code",
                        visit -> {
                            visit.packet();
                            visit.say('E', "SFATAL\0Mno reason\0\0").untilEnd();
                        },
                        "no reason"),
                new Evil(
                        "error without anything",
                        visit -> {
                            visit.packet();
                            visit.say('E', "").untilEnd();
                        },
                        "(no message)"));
    }

    /// All at once: each client waits until its time for a login is over.
    @Test
    void eachIsToldNothingAndGivenUp() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> checks = new ArrayList<>();
            for (Evil evil : servers()) {
                checks.add(threads.submit(() -> assertGivenUp(evil)));
            }
            for (Future<?> check : checks) {
                check.get();
            }
        }
    }

    private static void assertGivenUp(Evil evil) {
        try (FakeServer server = new FakeServer(evil.manners());
                TestProxy proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(byFile)
                                .with(SHORT)
                                .with(
                                        new ServerTlsSettings(
                                                ServerTlsMode.DISABLE, null, null, null))
                                .to(server.address())) {
            assertThatThrownBy(() -> LoginTest.connect(proxy.port(), "ann", "sesame"))
                    .as(evil.name())
                    .hasMessageContaining(evil.said());
            assertThat(server.heard()).noneMatch(message -> message.contains("sesame"));
        }
    }

    @Test
    void wordsInTheClearAreNotShownNorBelievedWhereTlsIsDemanded() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> checks = new ArrayList<>();
            for (String answer : List.of("N", "Exxxx", "SX", "E")) {
                checks.add(threads.submit(() -> assertNotBelieved(answer)));
            }
            for (Future<?> check : checks) {
                check.get();
            }
        }
    }

    private static void assertNotBelieved(String answer) {
        try (FakeServer server =
                        new FakeServer(visit -> {
                            visit.packet();
                            visit.say(RawClient.bytes(answer)).untilEnd();
                        });
                TestProxy proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(byFile)
                                .with(SHORT)
                                .with(
                                        new ServerTlsSettings(
                                                ServerTlsMode.REQUIRE, null, null, null))
                                .to(server.address())) {
            assertThatThrownBy(() -> LoginTest.connect(proxy.port(), "ann", "sesame"))
                    .hasMessageContaining(": the server ")
                    .hasMessageNotContaining("xxxx");
            assertThat(server.heard()).isEmpty();
        }
    }
}
