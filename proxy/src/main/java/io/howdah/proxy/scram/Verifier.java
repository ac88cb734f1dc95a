package io.howdah.proxy.scram;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What PostgreSQL keeps of a password (`pg_authid.rolpassword`): enough to check a proof, not
/// enough to make one. Never shows itself. Immutable: its arrays are not handed out.
public final class Verifier {

    /// Bytes of a key, a signature and a proof.
    static final int KEY_BYTES = 32;

    private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;
    private static final int MOST_ITERATIONS = Integer.MAX_VALUE;
    private static final Pattern FORM =
            Pattern.compile(
                    "SCRAM-SHA-256\\$(\\d{1,10}):([A-Za-z0-9+/=]{1,1024})\\$([A-Za-z0-9+/=]{44}):([A-Za-z0-9+/=]{44})");

    private final int iterations;
    private final String salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    Verifier(int iterations, String salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /// Reads PostgreSQL's form, `SCRAM-SHA-256$iterations:salt$stored:server`; empty when it is
    /// something else.
    public static Optional<Verifier> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long iterations = Long.parseLong(parts.group(1));
        if (iterations < 1 || iterations > MOST_ITERATIONS) {
            return Optional.empty();
        }
        try {
            Base64.Decoder decoder = Base64.getDecoder();
            byte[] salt = decoder.decode(parts.group(2));
            byte[] stored = decoder.decode(parts.group(3));
            byte[] server = decoder.decode(parts.group(4));
            return salt.length == 0 || stored.length != KEY_BYTES || server.length != KEY_BYTES
                    ? Optional.empty()
                    : Optional.of(new Verifier((int) iterations, parts.group(2), stored, server));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    int iterations() {
        return iterations;
    }

    /// In Base64.
    String salt() {
        return salt;
    }

    /// The client's key, when the proof shows that the client has it.
    ///
    /// @param proof the client's, 32 bytes
    /// @param exchange all that was said before the proof (RFC 5802: AuthMessage)
    Optional<ClientKeys> prove(byte[] proof, String exchange) {
        byte[] key =
                ScramFunctions.clientProof(
                        proof, ScramFunctions.clientSignature(MECHANISM, storedKey, exchange));
        return MessageDigest.isEqual(ScramFunctions.storedKey(MECHANISM, key), storedKey)
                ? Optional.of(new ClientKeys(key, serverKey))
                : Optional.empty();
    }

    /// What shows the client that we have its verifier, in Base64.
    String signature(String exchange) {
        return Base64.getEncoder()
                .encodeToString(ScramFunctions.serverSignature(MECHANISM, serverKey, exchange));
    }

    @Override
    public String toString() {
        return "(verifier)";
    }
}
