package io.howdah.postgres.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/// A socket whose bytes are encrypted. Blocks like the socket below it, and closing that one, from
/// any thread, ends a wait here. Otherwise for one thread that reads and one that writes.
///
/// An end of the stream that the other side did not announce is an end like any other: PostgreSQL's
/// own messages tell whether an answer is complete.
final class TlsChannel implements ByteChannel {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel socket;
    private final SSLEngine engine;

    /// Encrypted, from the socket; between two calls ready to be read.
    private ByteBuffer incoming;

    /// Encrypted, for the socket; empty between two calls.
    private ByteBuffer outgoing;

    /// Held by whoever encrypts: the reader does too, where keys change.
    private final ReentrantLock encrypting = new ReentrantLock();

    /// Decrypted, where the reader's buffer was too small; ready to be read.
    private ByteBuffer decrypted;

    private TlsChannel(SocketChannel socket, SSLEngine engine) {
        this.socket = socket;
        this.engine = engine;
        int packetBytes = engine.getSession().getPacketBufferSize();
        this.incoming = ByteBuffer.allocate(packetBytes).flip();
        this.outgoing = ByteBuffer.allocate(packetBytes);
        this.decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
    }

    /// Shakes hands; the next byte on the socket must belong to TLS.
    ///
    /// @throws SSLException when the two do not agree, or one does not believe the other
    static TlsChannel open(SocketChannel socket, SSLEngine engine) throws IOException {
        TlsChannel channel = new TlsChannel(socket, engine);
        engine.beginHandshake();
        channel.shakeHands(engine.getHandshakeStatus());
        return channel;
    }

    /// The server's own certificate, as the handshake verified it.
    X509Certificate serverCertificate() throws SSLException {
        if (engine.getSession().getPeerCertificates()[0] instanceof X509Certificate certificate) {
            return certificate;
        }
        throw new SSLException("the server's certificate is not of X.509");
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
        if (!destination.hasRemaining()) {
            return 0;
        }
        int before = destination.position();
        while (destination.position() == before) {
            if (decrypted.hasRemaining()) {
                int count = Math.min(decrypted.remaining(), destination.remaining());
                destination.put(decrypted.slice(decrypted.position(), count));
                decrypted.position(decrypted.position() + count);
            } else if (!decrypt(destination)) {
                return -1;
            }
        }
        return destination.position() - before;
    }

    /// Decrypts one record, into the destination where it fits, else aside.
    ///
    /// @return false at the end of the stream
    private boolean decrypt(ByteBuffer destination) throws IOException {
        SSLEngineResult result = engine.unwrap(incoming, destination);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            int recordBytes = engine.getSession().getApplicationBufferSize();
            decrypted =
                    decrypted.capacity() < recordBytes
                            ? ByteBuffer.allocate(recordBytes)
                            : decrypted.clear();
            result = engine.unwrap(incoming, decrypted);
            decrypted.flip();
        }
        return switch (result.getStatus()) {
            case OK -> {
                // new keys, after very many bytes
                shakeHands(result.getHandshakeStatus());
                yield true;
            }
            case BUFFER_UNDERFLOW -> receive();
            case CLOSED -> false;
            case BUFFER_OVERFLOW ->
                    throw new SSLException("a record is longer than " + decrypted.capacity());
        };
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int count = source.remaining();
        while (source.hasRemaining()) {
            shakeHands(encrypt(source).getHandshakeStatus());
        }
        return count;
    }

    private SSLEngineResult encrypt(ByteBuffer source) throws IOException {
        encrypting.lock();
        try {
            return encryptAlone(source);
        } finally {
            encrypting.unlock();
        }
    }

    private SSLEngineResult encryptAlone(ByteBuffer source) throws IOException {
        while (true) {
            SSLEngineResult result = engine.wrap(source, outgoing);
            switch (result.getStatus()) {
                case BUFFER_OVERFLOW -> outgoing = larger(outgoing).clear();
                case CLOSED -> throw new EOFException("the server ended the encryption");
                case OK, BUFFER_UNDERFLOW -> {
                    outgoing.flip();
                    while (outgoing.hasRemaining()) {
                        socket.write(outgoing);
                    }
                    outgoing.clear();
                    return result;
                }
            }
        }
    }

    /// Does what the engine asks for until it asks for nothing more.
    private void shakeHands(HandshakeStatus first) throws IOException {
        HandshakeStatus next = first;
        while (true) {
            switch (next) {
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask();
                            task != null;
                            task = engine.getDelegatedTask()) {
                        task.run();
                    }
                    next = engine.getHandshakeStatus();
                }
                case NEED_WRAP -> next = encrypt(NOTHING).getHandshakeStatus();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> next = shakeHandsFurther();
            }
        }
    }

    private HandshakeStatus shakeHandsFurther() throws IOException {
        SSLEngineResult result = engine.unwrap(incoming, NOTHING);
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> {
                if (!receive()) {
                    throw new EOFException("the server closed the connection in the handshake");
                }
            }
            case CLOSED -> throw new EOFException("the server ended the handshake");
            // data between two handshakes: it is read afterwards
            case BUFFER_OVERFLOW -> {
                return HandshakeStatus.NOT_HANDSHAKING;
            }
            case OK -> {}
        }
        return result.getStatus() == SSLEngineResult.Status.OK
                ? result.getHandshakeStatus()
                : engine.getHandshakeStatus();
    }

    /// Reads more from the socket.
    ///
    /// @return false at the end of the stream
    private boolean receive() throws IOException {
        incoming.compact();
        try {
            if (!incoming.hasRemaining()) {
                incoming = larger(incoming);
            }
            return socket.read(incoming) >= 0;
        } finally {
            incoming.flip();
        }
    }

    /// Room for a whole record of the session as it is now, with what is there already.
    private ByteBuffer larger(ByteBuffer filled) throws SSLException {
        int recordBytes = engine.getSession().getPacketBufferSize();
        if (filled.capacity() >= recordBytes) {
            throw new SSLException("a record is longer than " + recordBytes + " bytes");
        }
        return ByteBuffer.allocate(recordBytes).put(filled.flip());
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
