package io.howdah.proxy.scram;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One client's proof: two messages from it, two to it (RFC 5802, RFC 7677, and PostgreSQL's
/// `auth-scram.c` where it is stricter). For one thread.
public final class ScramServer {

    /// Not tied to the connection.
    public static final String PLAIN = "SCRAM-SHA-256";

    /// Tied to the certificate that we showed: nobody in between can pass it on.
    public static final String BOUND = "SCRAM-SHA-256-PLUS";

    private static final String END_POINT = "p=tls-server-end-point";
    private static final int NONCE_BYTES = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Verifier verifier;
    private final boolean genuine;
    private final byte[] binding;
    private final String ownNonce;

    private String header = "";
    private String clientFirstBare = "";
    private String serverFirst = "";
    private String nonce = "";
    private @Nullable ClientKeys keys;

    /// @param verifier the role's, or a mock
    /// @param genuine false for a mock: then no proof fits
    /// @param binding the hash of our certificate, for BOUND; empty where that is not offered
    public ScramServer(Verifier verifier, boolean genuine, byte[] binding) {
        this(verifier, genuine, binding, freshNonce());
    }

    ScramServer(Verifier verifier, boolean genuine, byte[] binding, String ownNonce) {
        this.verifier = verifier;
        this.genuine = genuine;
        this.binding = binding.clone();
        this.ownNonce = ownNonce;
    }

    private static String freshNonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// The mechanisms to offer, the best first.
    public List<String> mechanisms() {
        return binding.length == 0 ? List.of(PLAIN) : List.of(BOUND, PLAIN);
    }

    /// Takes the client's first message.
    ///
    /// @param mechanism that the client has chosen
    /// @return the server's first message
    /// @throws ScramException when it cannot be understood or is not allowed
    public String first(String mechanism, String message) throws ScramException {
        if (!mechanisms().contains(mechanism)) {
            throw new ScramException("client selected an invalid SASL authentication mechanism");
        }
        int flagEnd = message.indexOf(',');
        int headerEnd = flagEnd < 0 ? -1 : message.indexOf(',', flagEnd + 1);
        if (headerEnd < 0) {
            throw new ScramException("malformed SCRAM message: it has no header");
        }
        checkFlag(message.substring(0, flagEnd), mechanism.equals(BOUND));
        if (headerEnd > flagEnd + 1) {
            throw new ScramException("client uses authorization identity, but it is not supported");
        }
        header = message.substring(0, headerEnd + 1);
        clientFirstBare = message.substring(headerEnd + 1);
        String[] attributes = clientFirstBare.split(",", -1);
        if (attributes[0].startsWith("m=")) {
            throw new ScramException("client requires an unsupported SCRAM extension");
        }
        // The role is that of the start-up message: PostgreSQL ignores the one here, too.
        if (!attributes[0].startsWith("n=") || attributes.length < 2) {
            throw new ScramException("malformed SCRAM message: it names no user and nonce");
        }
        String clientNonce = value(attributes[1], 'r');
        if (clientNonce.isEmpty() || !clientNonce.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new ScramException("non-printable characters in SCRAM nonce");
        }
        nonce = clientNonce + ownNonce;
        serverFirst = "r=" + nonce + ",s=" + verifier.salt() + ",i=" + verifier.iterations();
        return serverFirst;
    }

    private void checkFlag(String flag, boolean bound) throws ScramException {
        switch (flag) {
            case "n" -> {
                if (bound) {
                    throw new ScramException(
                            "client selected SCRAM-SHA-256-PLUS, but its message has no channel"
                                    + " binding");
                }
            }
            case "y" -> {
                // It would have bound itself, had it been offered: somebody in between took that
                // offer away.
                if (bound || binding.length > 0) {
                    throw new ScramException(
                            "SCRAM channel binding negotiation error: the client supports it but"
                                    + " thinks the server does not");
                }
            }
            case END_POINT -> {
                if (!bound) {
                    throw new ScramException(
                            "client selected SCRAM-SHA-256 without channel binding, but its message"
                                    + " has one");
                }
            }
            default -> throw new ScramException("unsupported SCRAM channel-binding type");
        }
    }

    /// Takes the client's final message.
    ///
    /// @return the server's final message, or empty when the proof is wrong
    /// @throws ScramException when it cannot be understood or is not allowed
    public Optional<String> last(String message) throws ScramException {
        int proofAt = message.lastIndexOf(",p=");
        if (serverFirst.isEmpty() || proofAt < 0) {
            throw new ScramException("malformed SCRAM message: it has no proof");
        }
        String withoutProof = message.substring(0, proofAt);
        String[] attributes = withoutProof.split(",", -1);
        if (attributes.length < 2) {
            throw new ScramException("malformed SCRAM message: it has no nonce");
        }
        if (!value(attributes[0], 'c').equals(expectedBinding())) {
            throw new ScramException("SCRAM channel binding check failed");
        }
        if (!value(attributes[1], 'r').equals(nonce)) {
            throw new ScramException("malformed SCRAM message: the nonce does not match");
        }
        byte[] proof = decoded(message.substring(proofAt + 3));
        String exchange = clientFirstBare + "," + serverFirst + "," + withoutProof;
        Optional<ClientKeys> proven = verifier.prove(proof, exchange);
        if (proven.isEmpty() || !genuine) {
            return Optional.empty();
        }
        keys = proven.get();
        return Optional.of("v=" + verifier.signature(exchange));
    }

    private String expectedBinding() {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] bound = header.startsWith("p=") ? binding : new byte[0];
        byte[] whole = new byte[text.length + bound.length];
        System.arraycopy(text, 0, whole, 0, text.length);
        System.arraycopy(bound, 0, whole, text.length, bound.length);
        return Base64.getEncoder().encodeToString(whole);
    }

    private static byte[] decoded(String proof) throws ScramException {
        try {
            byte[] bytes = Base64.getDecoder().decode(proof);
            if (bytes.length == Verifier.KEY_BYTES) {
                return bytes;
            }
        } catch (IllegalArgumentException notBase64) {
            // Said below.
        }
        throw new ScramException("malformed SCRAM message: malformed proof");
    }

    private static String value(String attribute, char name) throws ScramException {
        if (attribute.length() < 2 || attribute.charAt(0) != name || attribute.charAt(1) != '=') {
            throw new ScramException(
                    "malformed SCRAM message: attribute \"" + name + "\" expected");
        }
        return attribute.substring(2);
    }

    /// What the client has proven to hold; empty before it has.
    public Optional<ClientKeys> keys() {
        return Optional.ofNullable(keys);
    }
}
