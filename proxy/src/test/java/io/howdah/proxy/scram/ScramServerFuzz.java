package io.howdah.proxy.scram;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.EscapedBytes;
import io.howdah.testing.fuzz.FuzzInput;
import java.util.Optional;

/// Any two messages of SCRAM are answered or refused in words, and nothing but the key proves
/// anything.
public final class ScramServerFuzz {

    private static final Verifier VERIFIER =
            Verifier.parse(
                            "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
                                    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
                                    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
                    .orElseThrow();
    private static final byte[] BINDING = EscapedBytes.of("0123456789abcdef0123456789abcdef");

    private ScramServerFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        boolean bound = input.nextBoolean();
        String[] messages = input.restAsText().split("\n", -1);
        Verifier.parse(messages[0]).ifPresent(read -> assertThat(read.iterations()).isPositive());
        ScramServer server =
                new ScramServer(VERIFIER, true, bound ? BINDING : new byte[0], "servernonce");
        try {
            String mechanism = bound && messages[0].startsWith("p") ? ScramServer.BOUND : "";
            String first =
                    server.first(mechanism.isEmpty() ? ScramServer.PLAIN : mechanism, messages[0]);
            assertThat(first).matches("r=[!-+\\--~]+servernonce,s=[A-Za-z0-9+/=]+,i=4096");
        } catch (ScramException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        try {
            Optional<String> last = server.last(messages.length > 1 ? messages[1] : "");
            assertThat(last).isEmpty();
        } catch (ScramException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        assertThat(server.keys()).isEmpty();
    }
}
