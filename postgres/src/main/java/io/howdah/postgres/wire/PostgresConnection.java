package io.howdah.postgres.wire;

import io.howdah.postgres.PostgresVersion;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One session on a PostgreSQL server. Safe for use by many threads: calls take turns, and waiting
/// for one's turn counts as part of the call. Every call has a deadline; an overdue call closes the
/// connection. After a server error the connection stays usable, after any other failure it is
/// closed.
public final class PostgresConnection implements AutoCloseable {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final Wire wire;
    private final Duration callTimeout;

    private PostgresConnection(Wire wire, Duration callTimeout) {
        this.wire = wire;
        this.callTimeout = callTimeout;
    }

    /// Connects and authenticates.
    ///
    /// @throws ConnectionFailedException when the server cannot be reached, does not encrypt or has
    ///   another certificate where `tls` is set, or asks for an authentication method other than
    ///   none, peer and SCRAM-SHA-256
    /// @throws PostgresServerException when the server refuses: a wrong password (`28P01`),
    ///   starting or stopping (`57P03`), too many connections (`53300`)
    /// @throws DeadlineExceededException when it takes longer than `connectTimeout`
    public static PostgresConnection open(ConnectionSettings settings) {
        return new PostgresConnection(
                openWire(settings, Map.of(), BUFFER_BYTES), settings.callTimeout());
    }

    static Wire openWire(ConnectionSettings settings, Map<String, String> more, int bufferBytes) {
        long startNanos = System.nanoTime();
        Wire wire = Wire.connect(settings, bufferBytes);
        try {
            new StartUp(wire, settings, more)
                    .run(Deadline.left(settings.connectTimeout(), startNanos));
            return wire;
        } catch (RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    /// Runs one or more statements, given as text, and returns the last one's result.
    public Rows query(String sql) {
        return queryWithin(callTimeout, sql);
    }

    /// Runs one statement with values for `$1`, `$2` and so on. They travel beside the statement as
    /// text, so nothing in them can become SQL; the statement gives them their types. Taken are
    /// null, texts, numbers, booleans, `byte[]`, `java.time` values, LSNs, timelines, system
    /// identifiers, UUIDs, and lists of these for arrays.
    public Rows query(String sql, @Nullable Object... values) {
        return queryWithin(callTimeout, sql, values);
    }

    /// As `query`, with a time of its own.
    public Rows queryWithin(Duration atMost, String sql, @Nullable Object... values) {
        ConnectionSettings.checkPositive("the time for a call", atMost);
        Statement statement = new Statement(wire);
        return wire.call(
                atMost,
                "a query",
                () -> values.length == 0 ? statement.last(sql) : statement.bound(sql, values));
    }

    /// Runs one or more statements, given as text.
    ///
    /// @return how many rows the last one touched
    public long execute(String sql) {
        return query(sql).affected();
    }

    /// Runs one statement with values, as `query` does.
    ///
    /// @return how many rows it touched
    public long execute(String sql, @Nullable Object... values) {
        return query(sql, values).affected();
    }

    /// As `execute`, with a time of its own.
    public long executeWithin(Duration atMost, String sql, @Nullable Object... values) {
        return queryWithin(atMost, sql, values).affected();
    }

    /// The server's version.
    public PostgresVersion serverVersion() {
        return serverVersion(wire);
    }

    static PostgresVersion serverVersion(Wire wire) {
        String version = wire.parameter("server_version");
        if (version == null) {
            throw new UnexpectedResultException("the server did not report its version");
        }
        try {
            return PostgresVersion.parse(version);
        } catch (IllegalArgumentException e) {
            throw new UnexpectedResultException("the server reports a strange version", e);
        }
    }

    /// What the server last reported about itself under a name: `in_hot_standby`, `TimeZone` and
    /// others (PostgreSQL, "Asynchronous Operations").
    public Optional<String> serverParameter(String name) {
        return Optional.ofNullable(wire.parameter(name));
    }

    /// Whether the connection works as far as is known: a server that died is noticed by the next
    /// call, or by `awaitClosed`.
    public boolean isOpen() {
        return wire.isOpen();
    }

    /// Waits, without an end of its own, until this connection ends: the server closed it, it died,
    /// or another thread called `close`. So a dead server is noticed within milliseconds. The
    /// connection is closed afterwards and no other call can run meanwhile: use a connection of its
    /// own for this.
    ///
    /// @return the server's last words, if there were any
    public Optional<ServerMessage> awaitClosed() {
        return wire.callWithoutDeadline(callTimeout, "waiting for the end", this::readUntilClosed);
    }

    private Optional<ServerMessage> readUntilClosed() throws IOException {
        Optional<ServerMessage> lastWords = Optional.empty();
        while (true) {
            try {
                char type = wire.receive();
                if (type != 'E') {
                    throw new ProtocolException(
                            "an idle connection received a message of type "
                                    + MessageReader.describe(type));
                }
                lastWords = Optional.of(ServerMessage.read(wire.body()));
            } catch (EOFException | ClosedChannelException end) {
                return lastWords;
            } catch (IOException broken) {
                // A reset is an end like any other.
                return lastWords;
            }
        }
    }

    /// Ends the session. A call that is running in another thread fails.
    @Override
    public void close() {
        wire.close();
    }

    @Override
    public String toString() {
        return "connection to " + wire.address() + (isOpen() ? "" : " (closed)");
    }
}
