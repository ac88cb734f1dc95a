package io.howdah.postgres.wire;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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
    private final SocketChannel channel;
    private final MessageReader reader;
    private final MessageWriter writer = new MessageWriter();
    private final ReentrantLock inUse = new ReentrantLock();
    private final Map<String, String> parameters = new ConcurrentHashMap<>();
    private List<ServerMessage> notices = new ArrayList<>();
    private @Nullable Deadline deadline;
    private boolean awaitingReady;

    private Wire(ServerAddress address, SocketChannel channel, int bufferBytes) {
        this.address = address;
        this.channel = channel;
        this.reader = new MessageReader(channel, bufferBytes, LONGEST_BODY_BYTES);
    }

    /// Connects; nothing has been said yet.
    static Wire connect(ServerAddress address, Duration limit, int bufferBytes) {
        return new Wire(address, Dialing.connect(address, limit), bufferBytes);
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
