package io.howdah.postgres.wire;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers a server's questions about who we are: nothing to answer (peer, trust), or
/// SCRAM-SHA-256, bound to the certificate where the connection is encrypted. Methods that show the
/// password to the server, or a hash that is as good as one, are refused. For one thread.
final class Authentication {

    private static final int OK = 0;
    private static final int CLEARTEXT = 3;
    private static final int MD5 = 5;
    private static final int SASL = 10;
    private static final int SASL_CONTINUE = 11;
    private static final int SASL_FINAL = 12;

    private static final String PLAIN = "SCRAM-SHA-256";

    /// Tied to the server's certificate: nobody in between can pass it on.
    private static final String BOUND = "SCRAM-SHA-256-PLUS";

    /// PostgreSQL's own default is 4096. Each costs time before we know whom we talk to.
    private static final int MOST_ITERATIONS = 1_000_000;

    private final ConnectionSettings settings;
    private final byte @Nullable [] channelBinding;
    private @Nullable ScramClient scram;
    private boolean serverProven;

    /// @param channelBinding what ties the proof to an encrypted connection; null on a plain one
    Authentication(ConnectionSettings settings, byte @Nullable [] channelBinding) {
        this.settings = settings;
        this.channelBinding = channelBinding;
    }

    /// Reads an authentication request and writes the answer, if one is due.
    ///
    /// @return whether the server has let us in
    boolean answer(MessageBody request, MessageWriter reply) {
        int method = request.readInt();
        try {
            return switch (method) {
                case OK -> acceptOk();
                case SASL -> begin(request, reply);
                case SASL_CONTINUE -> proceed(text(request), reply);
                case SASL_FINAL -> finish(text(request));
                case CLEARTEXT -> throw refused("a password in clear text");
                case MD5 -> throw refused("md5");
                default -> throw refused("an authentication method with the number " + method);
            };
        } catch (ScramException | IllegalStateException | IllegalArgumentException e) {
            // The latter two are how the client's library calls what comes out of turn.
            throw new ConnectionFailedException(
                    "SCRAM authentication of '" + settings.user() + "' failed: " + e.getMessage(),
                    e);
        }
    }

    private boolean acceptOk() {
        if (scram != null && !serverProven) {
            throw new ProtocolException(
                    "the server ended SCRAM authentication without proving that it knows the"
                            + " password");
        }
        return true;
    }

    private boolean begin(MessageBody request, MessageWriter reply) {
        List<String> mechanisms = new ArrayList<>();
        while (request.remaining() > 1) {
            mechanisms.add(request.readText());
        }
        byte[] binding = channelBinding;
        // A server that encrypts offers both. One that does not was changed on the way.
        String mechanism = binding == null ? PLAIN : BOUND;
        if (!mechanisms.contains(mechanism)) {
            throw refused("SASL with " + mechanisms);
        }
        Secret password = settings.password();
        if (password == null) {
            throw new ConnectionFailedException(
                    "the server at "
                            + settings.address()
                            + " asks for the password of '"
                            + settings.user()
                            + "', and there is none\nHINT: give a password, or allow peer"
                            + " authentication for this role in pg_hba.conf",
                    null);
        }
        char[] revealed = password.reveal();
        try {
            var client =
                    ScramClient.builder()
                            .advertisedMechanisms(List.of(mechanism))
                            // PostgreSQL takes the role from the start-up message.
                            .username("*")
                            .password(revealed.clone())
                            .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION);
            if (binding != null) {
                client.channelBinding(TlsServerEndpoint.TLS_SERVER_END_POINT, binding);
            }
            scram = client.build();
        } finally {
            Arrays.fill(revealed, '\0');
        }
        byte[] first = scram.clientFirstMessage().toString().getBytes(StandardCharsets.UTF_8);
        reply.begin('p').writeText(mechanism).writeValue(first).end();
        return false;
    }

    private boolean proceed(String serverFirst, MessageWriter reply) throws ScramException {
        ScramClient client = started();
        var message = client.serverFirstMessage(serverFirst);
        if (message.getIterationCount() > MOST_ITERATIONS) {
            throw new ProtocolException(
                    "the server asks for "
                            + message.getIterationCount()
                            + " SCRAM iterations, at most "
                            + MOST_ITERATIONS
                            + " are accepted");
        }
        byte[] answer = client.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8);
        reply.begin('p').writeBytes(answer).end();
        return false;
    }

    private boolean finish(String serverFinal) throws ScramException {
        started().serverFinalMessage(serverFinal);
        serverProven = true;
        return false;
    }

    private ScramClient started() {
        ScramClient client = scram;
        if (client == null) {
            throw new ProtocolException("the server goes on with a SCRAM exchange it never began");
        }
        return client;
    }

    private static String text(MessageBody request) {
        return new String(request.readBytes(request.remaining()), StandardCharsets.UTF_8);
    }

    private ConnectionFailedException refused(String method) {
        return new ConnectionFailedException(
                "the server at "
                        + settings.address()
                        + " asks '"
                        + settings.user()
                        + "' for "
                        + method
                        + ", which is not safe\nHINT: use the method scram-sha-256 (or peer) in"
                        + " pg_hba.conf, and set the password anew under password_encryption ="
                        + " 'scram-sha-256'",
                null);
    }
}
