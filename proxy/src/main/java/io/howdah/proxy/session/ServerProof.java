package io.howdah.proxy.session;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.exception.ScramException;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.scram.ClientKeys;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers a server that asks who we are: nothing, where it does not ask, or SCRAM with the keys
/// that a client has proven itself by. What would show the server something that it can use
/// elsewhere is refused. For one thread.
final class ServerProof {

    /// What the proxy does not answer. The message is a fact in lower case.
    static final class RefusedException extends Exception {
        RefusedException(String fact) {
            super(fact);
        }
    }

    private static final int OK = 0;
    private static final int CLEARTEXT = 3;
    private static final int MD5 = 5;
    private static final int SASL = 10;
    private static final int SASL_CONTINUE = 11;
    private static final int SASL_FINAL = 12;

    /// PostgreSQL's own bound of such messages (`PG_MAX_SASL_MESSAGE_LENGTH`).
    private static final int LONGEST_BYTES = 1024;

    private final @Nullable ClientKeys keys;
    private final byte[] binding;
    private @Nullable ScramClient scram;
    private boolean answered;
    private boolean serverProven;

    /// @param keys null when no client had to prove itself
    /// @param binding what ties the login to an encrypted connection; empty for nothing
    ServerProof(@Nullable ClientKeys keys, byte[] binding) {
        this.keys = keys;
        this.binding = binding;
    }

    /// Whether the server was shown a proof.
    boolean isShown() {
        return answered;
    }

    /// Answers an authentication request.
    ///
    /// @param method the request's number
    /// @param data what follows it
    /// @return what to send; null for nothing
    /// @throws RefusedException when there is no answer
    @Nullable ByteBuf answer(ByteBufAllocator allocator, int method, byte[] data)
            throws RefusedException {
        if (data.length > LONGEST_BYTES) {
            throw new RefusedException(
                    "the server's authentication message has " + data.length + " bytes");
        }
        try {
            return switch (method) {
                case OK -> accept();
                case SASL -> begin(allocator, data);
                case SASL_CONTINUE -> proceed(allocator, data);
                case SASL_FINAL -> finish(data);
                case CLEARTEXT -> throw new RefusedException(unsafe("a password in clear text"));
                case MD5 -> throw new RefusedException(unsafe("md5"));
                default -> throw new RefusedException(unsafe("authentication method " + method));
            };
        } catch (ScramException | IllegalArgumentException | IllegalStateException e) {
            throw new RefusedException("the login by SCRAM failed: " + e.getMessage());
        }
    }

    private static String unsafe(String method) {
        return "the server asks the proxy for "
                + method
                + "; use scram-sha-256 in its pg_hba.conf (or peer or trust)";
    }

    private @Nullable ByteBuf accept() throws RefusedException {
        if (scram != null && !serverProven) {
            throw new RefusedException(
                    "the server lets the proxy in without proving that it knows the password");
        }
        return null;
    }

    private ByteBuf begin(ByteBufAllocator allocator, byte[] data) throws RefusedException {
        if (scram != null) {
            throw new RefusedException("the server asks for a second login by SASL");
        }
        ClientKeys known = keys;
        if (known == null) {
            throw new RefusedException(
                    "the server asks for a password, and no client has proven to know it (with"
                            + " 'auth: scram-sha-256' they do)");
        }
        List<String> mechanisms = new ArrayList<>();
        for (String mechanism : new String(data, StandardCharsets.US_ASCII).split("\0", -1)) {
            if (!mechanism.isEmpty()) {
                mechanisms.add(mechanism);
            }
        }
        if (!mechanisms.contains("SCRAM-SHA-256")
                && !(binding.length > 0 && mechanisms.contains("SCRAM-SHA-256-PLUS"))) {
            throw new RefusedException(unsafe("SASL by " + mechanisms));
        }
        ScramClient client = known.login(mechanisms, binding);
        scram = client;
        return Messages.saslInitial(
                allocator,
                client.getScramMechanism().getName(),
                client.clientFirstMessage().toString());
    }

    private ByteBuf proceed(ByteBufAllocator allocator, byte[] data)
            throws RefusedException, ScramException {
        ScramClient client = begun();
        if (answered) {
            throw new RefusedException("the server asks for a second proof");
        }
        client.serverFirstMessage(new String(data, StandardCharsets.UTF_8));
        answered = true;
        return Messages.saslResponse(allocator, client.clientFinalMessage().toString());
    }

    private @Nullable ByteBuf finish(byte[] data) throws RefusedException, ScramException {
        begun().serverFinalMessage(new String(data, StandardCharsets.UTF_8));
        serverProven = true;
        return null;
    }

    private ScramClient begun() throws RefusedException {
        ScramClient client = scram;
        if (client == null) {
            throw new RefusedException("the server goes on with a login that was not begun");
        }
        return client;
    }
}
