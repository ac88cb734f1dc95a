package io.howdah.postgres.wire;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What PostgreSQL keeps of a password (`pg_authid.rolpassword`): enough to check it, not enough to
/// use it. Setting a role's password so keeps the password itself out of statements, which servers
/// log and count. The form is PostgreSQL's: `SCRAM-SHA-256$iterations:salt$stored:server`. Pure but
/// for the salt.
public final class ScramVerifier {

    private static final int SALT_BYTES = 16;
    private static final int ITERATIONS = 4096;
    private static final int MOST_ITERATIONS = 1_000_000;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern FORM =
            Pattern.compile(
                    "SCRAM-SHA-256\\$(\\d{1,7}):([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)");

    private ScramVerifier() {}

    /// A verifier with a salt of its own.
    public static String of(Secret password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return of(password, salt, ITERATIONS);
    }

    /// Whether a stored verifier is one of this password.
    public static boolean matches(String stored, Secret password) {
        Matcher parts = FORM.matcher(stored);
        if (!parts.matches()) {
            return false;
        }
        int iterations = Integer.parseInt(parts.group(1));
        if (iterations < 1 || iterations > MOST_ITERATIONS) {
            return false;
        }
        try {
            byte[] salt = Base64.getDecoder().decode(parts.group(2));
            return MessageDigest.isEqual(
                    of(password, salt, iterations)
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    stored.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    private static String of(Secret password, byte[] salt, int iterations) {
        ScramMechanism mechanism = ScramMechanism.SCRAM_SHA_256;
        char[] revealed = password.reveal();
        byte[] salted;
        try {
            salted =
                    ScramFunctions.saltedPassword(
                            mechanism,
                            StringPreparation.POSTGRESQL_PREPARATION,
                            revealed,
                            salt,
                            iterations);
        } finally {
            Arrays.fill(revealed, '\0');
        }
        byte[] stored =
                ScramFunctions.storedKey(mechanism, ScramFunctions.clientKey(mechanism, salted));
        byte[] server = ScramFunctions.serverKey(mechanism, salted);
        Base64.Encoder text = Base64.getEncoder();
        return "SCRAM-SHA-256$"
                + iterations
                + ":"
                + text.encodeToString(salt)
                + "$"
                + text.encodeToString(stored)
                + ":"
                + text.encodeToString(server);
    }
}
