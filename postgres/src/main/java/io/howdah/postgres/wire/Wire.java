package io.howdah.postgres.wire;

import com.ongres.scram.common.util.TlsServerEndpoint;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// One connection on the level of messages: one call at a time, each with a deadline; what may
/// arrive at any moment (notices, changed parameters) is set aside. A call that fails halfway
/// closes the connection, because nobody could say what comes next on it.
final class Wire implements AutoCloseable {

    /// What a call does with the connection while it has it to itself.
    @FunctionalInterface
    interface Exchange<T> {
        T run() throws IOException;
    }

    private static final int MOST_NOTICES = 100;
    private static final int MOST_PARAMETERS = 200;
    private static final int LONGEST_BODY_BYTES = 256 * 1024 * 1024;
    private static final Duration FAREWELL_LIMIT = Duration.ofSeconds(1);

    private final ServerAddress address;
    private final ByteChannel channel;
    private final byte @Nullable [] channelBinding;
    private final MessageReader reader;
    private final MessageWriter writer = new MessageWriter();
    private final ReentrantLock inUse = new ReentrantLock();
    private final Map<String, String> parameters = new ConcurrentHashMap<>();
    private List<ServerMessage> notices = new ArrayList<>();
    private @Nullable Deadline deadline;
    private boolean awaitingReady;

    /// @param channel to the server, connected
    /// @param channelBinding what ties a proof of identity to it; null where it is not encrypted
    Wire(
            ServerAddress address,
            ByteChannel channel,
            byte @Nullable [] channelBinding,
            int bufferBytes) {
        this.address = address;
        this.channel = channel;
        this.channelBinding = channelBinding;
        this.reader = new MessageReader(channel, bufferBytes, LONGEST_BODY_BYTES);
    }

    /// Connects, and encrypts where the settings say so; nothing else has been said yet.
    static Wire connect(ConnectionSettings settings, int bufferBytes) {
        long startNanos = System.nanoTime();
        Duration limit = settings.connectTimeout();
        ServerAddress address = settings.address();
        SocketChannel socket = Dialing.connect(address, limit);
        SSLContext context = settings.tls();
        if (context == null || !(address instanceof ServerAddress.Tcp tcp)) {
            return new Wire(address, socket, null, bufferBytes);
        }
        try {
            Duration left = Deadline.left(limit, startNanos);
            TlsChannel encrypted = new Encryption(tcp, context).open(socket, left);
            return new Wire(
                    address,
                    encrypted,
                    TlsServerEndpoint.getChannelBindingData(encrypted.serverCertificate()),
                    bufferBytes);
        } catch (IOException | CertificateEncodingException e) {
            Dialing.closeQuietly(socket);
            throw new ConnectionFailedException(
                    "no certificate of the server at " + address + ": " + Dialing.reason(e), e);
        } catch (RuntimeException e) {
            Dialing.closeQuietly(socket);
            throw e;
        }
    }

    /// What ties a proof of identity to this very connection (RFC 5929, `tls-server-end-point`);
    /// null where it is not encrypted.
    byte @Nullable [] channelBinding() {
        return channelBinding == null ? null : channelBinding.clone();
    }

    /// Runs a call, alone on the connection, within a time.
    <T> T call(Duration limit, String what, Exchange<T> exchange) {
        acquire(limit, what);
        try (Deadline started = Deadline.start(channel, limit)) {
            deadline = started;
            notices = new ArrayList<>();
            return exchange.run();
        } catch (IOException e) {
            Deadline started = deadline;
            channelClose();
            if (started != null && started.exceeded()) {
                throw Dialing.overdue(address, what, limit, e);
            }
            throw lost(what, e);
        } catch (ProtocolException e) {
            channelClose();
            throw e;
        } finally {
            deadline = null;
            writer.discard();
            if (awaitingReady) {
                channelClose();
            }
            inUse.unlock();
        }
    }

    /// Runs a wait without an end of its own: another thread's `close` ends it.
    <T> T callWithoutDeadline(Duration acquireLimit, String what, Exchange<T> exchange) {
        acquire(acquireLimit, what);
        try {
            return exchange.run();
        } catch (IOException e) {
            throw lost(what, e);
        } finally {
            channelClose();
            inUse.unlock();
        }
    }

    /// Where to write messages for the next `send`.
    MessageWriter writer() {
        return writer;
    }

    /// Sends what was written. Until `ready` was called the connection owes us answers.
    void send() throws IOException {
        awaitingReady = true;
        writer.sendTo(channel);
    }

    /// The server has said that it is ready for the next call.
    void ready() {
        awaitingReady = false;
    }

    /// Grants the running call its full time again: something has arrived.
    void renewDeadline() {
        Deadline started = deadline;
        if (started != null) {
            started.renew();
        }
    }

    /// Waits for the next message that belongs to the call; its content is in `body`.
    ///
    /// @throws PostgresServerException for an error after which the server ends the connection
    char receive() throws IOException {
        while (true) {
            char type = reader.next();
            switch (type) {
                case 'N' -> keepNotice(ServerMessage.read(reader.body()));
                case 'S' -> keepParameter(reader.body().readText(), reader.body().readText());
                // Nobody here listens to channels.
                case 'A' -> {}
                default -> {
                    return type;
                }
            }
        }
    }

    /// The next message of a call that answers piece by piece; with it the time for the one after
    /// begins anew.
    ///
    /// @throws PostgresServerException for an error, once the server is ready again
    char receiveOrFail() throws IOException {
        char type = receive();
        renewDeadline();
        if (type != 'E') {
            return type;
        }
        PostgresServerException error = readError();
        char rest = type;
        while (rest != 'Z') {
            rest = receive();
        }
        ready();
        throw error;
    }

    /// Sends a message while another thread is in a call that is being answered; one thread at a
    /// time. Where that fails, the connection is closed, and the call ends with it.
    void sendBeside(MessageWriter message) {
        try {
            message.sendTo(channel);
        } catch (IOException e) {
            channelClose();
        }
    }

    MessageBody body() {
        return reader.body();
    }

    /// Reads the error that `receive` returned.
    ///
    /// @throws PostgresServerException when the server ends the connection after it
    PostgresServerException readError() {
        PostgresServerException error =
                new PostgresServerException(ServerMessage.read(reader.body()));
        if (error.report().endsConnection()) {
            channelClose();
            throw error;
        }
        return error;
    }

    /// What the server remarked during the running call.
    List<ServerMessage> notices() {
        return notices;
    }

    /// What the server last reported under a name, as in `server_version`.
    @Nullable String parameter(String name) {
        return parameters.get(name);
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    ServerAddress address() {
        return address;
    }

    /// Takes leave when no call is running, else just closes, which ends that call. May be called
    /// by any thread, any number of times.
    @Override
    public void close() {
        if (channel.isOpen() && inUse.tryLock()) {
            try (Deadline _ = Deadline.start(channel, FAREWELL_LIMIT)) {
                writer.discard();
                writer.begin('X').end().sendTo(channel);
            } catch (IOException e) {
                // The other end is gone already; there is nobody to take leave of.
            } finally {
                channelClose();
                inUse.unlock();
            }
        }
        channelClose();
    }

    private void acquire(Duration limit, String what) {
        boolean acquired;
        try {
            acquired = inUse.tryLock(Deadline.nanos(limit), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionFailedException(
                    "interrupted while waiting for the connection to " + address, e);
        }
        if (!acquired) {
            throw new DeadlineExceededException(
                    what + ": the connection to " + address + " was busy for " + limit, null);
        }
        if (!channel.isOpen()) {
            inUse.unlock();
            throw new ConnectionFailedException(
                    what + ": the connection to " + address + " is closed", null);
        }
    }

    private void keepNotice(ServerMessage notice) {
        if (notices.size() < MOST_NOTICES) {
            notices.add(notice);
        }
    }

    private void keepParameter(String name, String value) {
        if (parameters.size() < MOST_PARAMETERS || parameters.containsKey(name)) {
            parameters.put(name, value);
        }
    }

    private void channelClose() {
        try {
            channel.close();
        } catch (IOException e) {
            // Closing is all we wanted; the channel is unusable now either way.
        }
    }

    private ConnectionFailedException lost(String what, IOException e) {
        return new ConnectionFailedException(
                what
                        + ": the connection to PostgreSQL at "
                        + address
                        + " broke: "
                        + Dialing.reason(e),
                e);
    }
}
