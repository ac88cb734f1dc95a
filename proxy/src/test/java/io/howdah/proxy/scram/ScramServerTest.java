package io.howdah.proxy.scram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ongres.scram.client.ScramClient;
import io.howdah.postgres.wire.ScramVerifier;
import io.howdah.postgres.wire.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against the client that PostgreSQL's drivers for Java use.
class ScramServerTest {

    private static final byte[] NO_BINDING = {};
    private static final byte[] CERTIFICATE_HASH =
            "0123456789abcdef0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final Verifier verifier = verifier("right");

    private static Verifier verifier(String password) {
        return Verifier.parse(ScramVerifier.of(Secret.of(password))).orElseThrow();
    }

    private static ScramClient client(ScramServer server, String password) {
        return ScramClient.builder()
                .advertisedMechanisms(server.mechanisms())
                .username("*")
                .password(password.toCharArray())
                .build();
    }

    private static boolean admits(ScramServer server, ScramClient client) throws Exception {
        client.serverFirstMessage(
                server.first(
                        client.getScramMechanism().getName(),
                        client.clientFirstMessage().toString()));
        var last = server.last(client.clientFinalMessage().toString());
        if (last.isEmpty()) {
            return false;
        }
        client.serverFinalMessage(last.get());
        return true;
    }

    @Test
    void rightPasswordIsProvenAndBothSidesBelieveEachOther() throws Exception {
        ScramServer server = new ScramServer(verifier, true, NO_BINDING);
        assertThat(admits(server, client(server, "right"))).isTrue();
        assertThat(server.keys()).isPresent();
    }

    @Test
    void wrongPasswordIsNot() throws Exception {
        ScramServer server = new ScramServer(verifier, true, NO_BINDING);
        assertThat(admits(server, client(server, "wrong"))).isFalse();
        assertThat(server.keys()).isEmpty();
    }

    @Test
    void boundProofFitsTheCertificateThatItWasBoundToAndNoOther() throws Exception {
        ScramServer server = new ScramServer(verifier, true, CERTIFICATE_HASH);
        ScramServer other =
                new ScramServer(
                        verifier,
                        true,
                        "another".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        for (ScramServer asked : List.of(server, other)) {
            ScramClient client =
                    ScramClient.builder()
                            .advertisedMechanisms(asked.mechanisms())
                            .username("*")
                            .password("right".toCharArray())
                            .channelBinding("tls-server-end-point", CERTIFICATE_HASH)
                            .build();
            assertThat(client.getScramMechanism().getName()).isEqualTo(ScramServer.BOUND);
            if (asked == server) {
                assertThat(admits(asked, client)).isTrue();
            } else {
                assertThatThrownBy(() -> admits(asked, client))
                        .hasMessage("SCRAM channel binding check failed");
            }
        }
    }

    @Test
    void keysOfAProofLogInAtAnotherServerWithTheSameVerifier() throws Exception {
        ScramServer proxy = new ScramServer(verifier, true, NO_BINDING);
        admits(proxy, client(proxy, "right"));
        ClientKeys keys = proxy.keys().orElseThrow();

        ScramServer behind = new ScramServer(verifier, true, NO_BINDING);
        assertThat(admits(behind, keys.login(behind.mechanisms(), NO_BINDING))).isTrue();
        ScramServer changed = new ScramServer(verifier("right"), true, NO_BINDING);
        assertThat(admits(changed, keys.login(changed.mechanisms(), NO_BINDING))).isFalse();
    }

    @Test
    void mockSaysAsMuchAsAVerifierAndNothingFitsIt() throws Exception {
        MockVerifiers mocks = new MockVerifiers(new byte[] {1});
        assertThat(mocks.of("nobody").salt())
                .isEqualTo(mocks.of("nobody").salt())
                .hasSameSizeAs(verifier.salt())
                .isNotEqualTo(mocks.of("somebody").salt())
                .isNotEqualTo(new MockVerifiers(new byte[] {2}).of("nobody").salt());
        assertThat(mocks.of("nobody").iterations()).isEqualTo(verifier.iterations());
        ScramServer server = new ScramServer(mocks.of("nobody"), false, NO_BINDING);
        assertThat(admits(server, client(server, "right"))).isFalse();
        ScramServer evenSo = new ScramServer(verifier, false, NO_BINDING);
        assertThat(admits(evenSo, client(evenSo, "right"))).isFalse();
    }

    @Test
    void nonceIsAnotherEachTime() throws Exception {
        String first =
                new ScramServer(verifier, true, NO_BINDING).first(ScramServer.PLAIN, "n,,n=,r=x");
        String second =
                new ScramServer(verifier, true, NO_BINDING).first(ScramServer.PLAIN, "n,,n=,r=x");
        assertThat(first).startsWith("r=x").isNotEqualTo(second);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    SCRAM-SHA-1         | n,,n=,r=abc                      | invalid SASL authentication mechanism
                    SCRAM-SHA-256-PLUS  | p=tls-server-end-point,,n=,r=abc | invalid SASL authentication mechanism
                    SCRAM-SHA-256       | p=tls-server-end-point,,n=,r=abc | without channel binding, but its message has one
                    SCRAM-SHA-256       | p=tls-unique,,n=,r=abc           | unsupported SCRAM channel-binding type
                    SCRAM-SHA-256       | n,a=postgres,n=,r=abc            | authorization identity
                    SCRAM-SHA-256       | n,,m=ext,n=,r=abc                | unsupported SCRAM extension
                    SCRAM-SHA-256       | n,,r=abc                         | names no user and nonce
                    SCRAM-SHA-256       | n,,n=                            | names no user and nonce
                    SCRAM-SHA-256       | n,,n=,s=abc                      | attribute "r" expected
                    SCRAM-SHA-256       | n,,n=,r=                         | nonce
                    SCRAM-SHA-256       | n,,n=,r=a b                      | nonce
                    SCRAM-SHA-256       | n,                               | no header
                    SCRAM-SHA-256       | ""                               | no header
                    """)
    void firstMessagesThatAreNoneAreRefused(String mechanism, String message, String problem) {
        ScramServer server = new ScramServer(verifier, true, NO_BINDING);
        assertThatThrownBy(() -> server.first(mechanism, message))
                .isInstanceOf(ScramException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void clientThatWasDeniedTheBindingThatWeOfferIsRefused() {
        ScramServer server = new ScramServer(verifier, true, CERTIFICATE_HASH);
        assertThatThrownBy(() -> server.first(ScramServer.PLAIN, "y,,n=,r=abc"))
                .hasMessageContaining("thinks the server does not");
        assertThatThrownBy(() -> server.first(ScramServer.BOUND, "n,,n=,r=abc"))
                .hasMessageContaining("has no channel binding");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    c=biws,r=%s                     | no proof
                    c=biws,r=%s,p=AAAA              | malformed proof
                    c=biws,r=%s,p=!!!!              | malformed proof
                    c=eSws,r=%s,p=AAAA              | channel binding check failed
                    c=biws,r=abc,p=AAAA             | nonce does not match
                    c=biws,p=AAAA                   | no nonce
                    r=%s,c=biws,p=AAAA              | attribute "c" expected
                    """)
    void finalMessagesThatAreNoneAreRefused(String message, String problem) throws Exception {
        ScramServer server = new ScramServer(verifier, true, NO_BINDING, "ours");
        server.first(ScramServer.PLAIN, "n,,n=,r=abc");
        assertThatThrownBy(() -> server.last(message.formatted("abcours")))
                .isInstanceOf(ScramException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void finalMessageBeforeTheFirstIsRefused() {
        ScramServer server = new ScramServer(verifier, true, NO_BINDING);
        assertThatThrownBy(() -> server.last("c=biws,r=abc,p=AAAA"))
                .isInstanceOf(ScramException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "md5a6e9d1c5b7f6a1d2e3c4b5a697887766",
        "secret",
        "''",
        "SCRAM-SHA-256$0:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAA:AAAA",
        "SCRAM-SHA-256$99999999999:AAAA$AAAA:AAAA"
    })
    void whatIsNoVerifierIsNotTakenForOne(String text) {
        assertThat(Verifier.parse(text)).isEmpty();
    }

    @Test
    void nothingShowsItself() throws Exception {
        ScramServer server = new ScramServer(verifier, true, NO_BINDING);
        admits(server, client(server, "right"));
        assertThat(verifier).hasToString("(verifier)");
        assertThat(server.keys().orElseThrow()).hasToString("(keys)");
    }
}
