package io.howdah.proxy.session;

import io.howdah.testing.fuzz.EscapedBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A client's side of SCRAM by RFC 5802, with keys that need no stretching.
final class Prover {

    private static final byte[] CLIENT_KEY = EscapedBytes.of("the key of a client, 32 bytes of");

    /// What the server of those keys holds.
    static final String VERIFIER =
            "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
                    + base64(sha256(CLIENT_KEY))
                    + ":"
                    + base64(serverKey());

    private static final String FIRST = "n=,r=abcdefghijkl";

    private String challenge = "r=,s=,i=1";

    byte[] first() {
        byte[] message = EscapedBytes.of("n,," + FIRST);
        return Wires.message(
                'p',
                Wires.joined(
                        EscapedBytes.of("SCRAM-SHA-256\0"),
                        java.nio.ByteBuffer.allocate(4).putInt(message.length).array(),
                        message));
    }

    /// @param text of the server's first message
    void challenged(String text) {
        challenge = text;
    }

    byte[] last(boolean right) {
        String nonce = challenge.substring(2).split(",", 2)[0];
        String withoutProof = "c=biws,r=" + nonce;
        String exchange = FIRST + "," + challenge + "," + withoutProof;
        byte[] proof = hmac(sha256(CLIENT_KEY), exchange);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= CLIENT_KEY[i];
        }
        if (!right) {
            proof[0] ^= 1;
        }
        return Wires.message('p', withoutProof + ",p=" + base64(proof));
    }

    /// What shows that a server knows the verifier.
    ///
    /// @param exchange all that was said before
    static String serverSignature(String exchange) {
        return base64(hmac(serverKey(), exchange));
    }

    private static byte[] serverKey() {
        return EscapedBytes.of("the key of a server, 32 bytes of");
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
