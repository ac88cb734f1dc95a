package io.howdah.proxy.scram;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Verifiers for roles that have none: no password fits them, and the salt of a name is the same
/// each time, so a stranger cannot tell them from real ones. Immutable, thread-safe.
public final class MockVerifiers {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SALT_BYTES = 16;

    /// PostgreSQL's default (`scram_iterations`).
    private static final int ITERATIONS = 4096;

    private final SecretKeySpec key;

    /// @param secret that nobody else knows; the same one gives the same salts
    public MockVerifiers(byte[] secret) {
        this.key = new SecretKeySpec(secret, ALGORITHM);
    }

    /// The verifier of a name.
    public Verifier of(String name) {
        return new Verifier(
                ITERATIONS,
                Base64.getEncoder()
                        .encodeToString(Arrays.copyOf(derived("salt", name), SALT_BYTES)),
                derived("stored key", name),
                derived("server key", name));
    }

    private byte[] derived(String purpose, String name) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(
                    ("howdah mock " + purpose + " of " + name).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }
}
