package io.howdah.postgres.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/// The step from a plain socket to an encrypted one, before anything else is said. Always required
/// and always verified: the server has to agree, and its certificate has to be one that the context
/// trusts and that names the host.
final class Encryption {

    private static final int REQUEST_BYTES = 8;
    private static final int REQUEST_CODE = 80877103;
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final ServerAddress.Tcp address;
    private final SSLContext context;

    Encryption(ServerAddress.Tcp address, SSLContext context) {
        this.address = address;
        this.context = context;
    }

    /// @throws ConnectionFailedException when the server does not encrypt, or is not the one it
    ///   should be
    /// @throws DeadlineExceededException when it takes longer than `limit`
    TlsChannel open(SocketChannel socket, Duration limit) {
        try (Deadline deadline = Deadline.start(socket, limit)) {
            try {
                request(socket);
                return TlsChannel.open(socket, engine());
            } catch (IOException e) {
                if (deadline.exceeded()) {
                    throw Dialing.overdue(address, "agreeing on TLS", limit, e);
                }
                throw refused(e);
            }
        }
    }

    /// Reads exactly one byte of answer. What lies behind it, unencrypted, can only be somebody
    /// else's: it goes to the handshake, which fails of it (CVE-2021-23222).
    private void request(SocketChannel socket) throws IOException {
        ByteBuffer message =
                ByteBuffer.allocate(REQUEST_BYTES)
                        .putInt(REQUEST_BYTES)
                        .putInt(REQUEST_CODE)
                        .flip();
        while (message.hasRemaining()) {
            socket.write(message);
        }
        ByteBuffer answer = ByteBuffer.allocate(1);
        if (socket.read(answer) < 0) {
            throw new EOFException("the server closed the connection");
        }
        switch (answer.get(0)) {
            case 'S' -> {}
            case 'N' ->
                    throw new ConnectionFailedException(
                            "PostgreSQL at "
                                    + address
                                    + " does not encrypt\nHINT: set ssl = on there; a server that"
                                    + " Howdah runs has it on",
                            null);
            // An error in plain text may be anybody's: its words are not shown (CVE-2024-10977).
            default ->
                    throw new ConnectionFailedException(
                            "the server at "
                                    + address
                                    + " answered the request for TLS with something else\nHINT: is"
                                    + " this really a PostgreSQL server?",
                            null);
        }
    }

    private SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine(address.host(), address.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setCipherSuites(fastestFirst(parameters.getCipherSuites()));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// Without the optimizing compiler, as an agent runs to stay small, Java does AES without the
    /// processor's help: 27 MB a second, ChaCha20 145. A whole server is copied through here. Where
    /// the server goes by its own order, this changes nothing.
    private static String[] fastestFirst(String[] suites) {
        return Arrays.stream(suites)
                .sorted(Comparator.comparing(suite -> !suite.contains("CHACHA20")))
                .toArray(String[]::new);
    }

    private ConnectionFailedException refused(IOException e) {
        return new ConnectionFailedException(
                "no TLS with PostgreSQL at "
                        + address
                        + ": "
                        + Dialing.reason(e)
                        + (e instanceof SSLException
                                ? "\nHINT: are both certificates of this cluster's authority, not"
                                        + " expired, and does the server's name this host?"
                                : "\nHINT: is it running?"),
                e);
    }
}
