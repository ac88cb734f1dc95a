package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScramVerifierTest {

    private static final Secret PASSWORD = Secret.of("pencil");

    @Test
    void verifierMatchesItsOwnPasswordOnly() {
        String verifier = ScramVerifier.of(PASSWORD);
        assertThat(verifier).startsWith("SCRAM-SHA-256$4096:").doesNotContain("pencil");
        assertThat(ScramVerifier.matches(verifier, PASSWORD)).isTrue();
        assertThat(ScramVerifier.matches(verifier, Secret.of("pencils"))).isFalse();
        assertThat(ScramVerifier.of(PASSWORD)).isNotEqualTo(verifier);
    }

    @Test
    void whatIsNoVerifierMatchesNothing() {
        for (String text :
                new String[] {
                    "",
                    "md5aabbccdd",
                    "pencil",
                    "SCRAM-SHA-256$0:c2FsdA==$AAAA:AAAA",
                    "SCRAM-SHA-256$9999999:c2FsdA==$AAAA:AAAA",
                    "SCRAM-SHA-256$4096:=$AAAA:AAAA"
                }) {
            assertThat(ScramVerifier.matches(text, PASSWORD)).as(text).isFalse();
        }
    }
}
