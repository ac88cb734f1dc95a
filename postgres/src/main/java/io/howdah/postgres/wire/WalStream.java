package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// WAL as the server writes it, on one timeline (PostgreSQL, "Streaming Replication Protocol"). One
/// thread runs the stream; any thread may report to the server, or end it, meanwhile. Once.
public final class WalStream {

    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private enum Phase {
        NOT_BEGUN,
        COPYING,
        /// We have said that we are done; the server may still send.
        DONE,
        OVER
    }

    private final Wire wire;
    private final WalStreamRequest request;
    private final ReentrantLock sending = new ReentrantLock();
    private final MessageWriter beside = new MessageWriter();
    private Phase phase = Phase.NOT_BEGUN;
    private boolean endWanted;
    private Lsn confirmed = Lsn.ZERO;
    private volatile Lsn received;
    private volatile long heardNanos = System.nanoTime();

    WalStream(Wire wire, WalStreamRequest request) {
        this.wire = wire;
        this.request = request;
        this.received = request.start();
    }

    /// Receives until the timeline is over on the server, or `end` is called. The connection is
    /// usable afterwards, also after an error that the server reported.
    ///
    /// @return where the timeline is left, when all of it has been received; empty when `end` was
    ///   called before
    /// @throws PostgresServerException when the server does not have the WAL (`58P01`), the slot is
    ///   in use (`55006`) or missing (`42704`), or the start is not on its line
    public Optional<TimelineSwitch> run(WalSink sink) {
        return wire.call(request.silenceLimit(), "a stream of WAL", () -> stream(sink));
    }

    /// Tells the server how far the WAL has come. Of the slot it keeps what lies at and after
    /// `durable`. Call it at least every third of the limit of silence: a server that was not heard
    /// for as long is asked for an answer then. Does nothing before the stream has begun and after
    /// its end. That the connection is broken is told by `run`.
    ///
    /// @param durable up to where the WAL is safe, wherever it goes; `Lsn.ZERO` when nothing is
    public void report(Lsn durable) {
        long silentNanos = System.nanoTime() - heardNanos;
        report(durable, silentNanos > Deadline.nanos(request.silenceLimit()) / 3);
    }

    /// Ends the stream, in order: `run` returns once the server agrees.
    public void end() {
        sending.lock();
        try {
            endWanted = true;
            done();
        } finally {
            sending.unlock();
        }
    }

    /// The end of what was received.
    public Lsn received() {
        return received;
    }

    private Optional<TimelineSwitch> stream(WalSink sink) throws IOException {
        wire.writer().begin('Q').writeText(request.command()).end();
        wire.send();
        char type = wire.receiveOrFail();
        if (type != 'W') {
            // Nothing of this timeline lies behind the start.
            return result(type);
        }
        copying();
        try {
            for (type = next(); type == 'd'; type = next()) {
                accept(wire.body(), sink);
                // What the sink needed is not the server's silence.
                wire.renewDeadline();
            }
        } catch (PostgresServerException e) {
            over();
            throw e;
        }
        if (type != 'c') {
            throw unexpected(type);
        }
        boolean ours = over();
        Optional<TimelineSwitch> next = result(wire.receiveOrFail());
        return ours ? Optional.empty() : next;
    }

    private char next() throws IOException {
        char type = wire.receiveOrFail();
        heardNanos = System.nanoTime();
        return type;
    }

    private void accept(MessageBody message, WalSink sink) {
        char kind = (char) message.readByte();
        switch (kind) {
            case 'w' -> {
                Lsn start = new Lsn(message.readLong());
                Lsn end = new Lsn(message.readLong());
                Instant clock = clock(message.readLong());
                if (!start.equals(received)) {
                    throw new ProtocolException(
                            "the server goes on with WAL at "
                                    + start
                                    + ", but "
                                    + received
                                    + " is next");
                }
                Lsn next = new Lsn(start.value() + message.remaining());
                sink.wal(start, message.rest());
                received = next;
                sink.serverIsAt(Lsn.max(end, next), clock);
            }
            case 'k' -> {
                Lsn end = new Lsn(message.readLong());
                Instant clock = clock(message.readLong());
                boolean answer = message.readByte() != 0;
                sink.serverIsAt(Lsn.max(end, received), clock);
                if (answer) {
                    report(Lsn.ZERO, false);
                }
            }
            default ->
                    throw new ProtocolException(
                            "a stream of WAL holds a part of type " + MessageReader.describe(kind));
        }
    }

    /// Reads what comes after the COPY: a row where the timeline is one that the server has left,
    /// and the completion of the command, which it says twice.
    private Optional<TimelineSwitch> result(char first) throws IOException {
        char type = first;
        Optional<TimelineSwitch> next = Optional.empty();
        if (type == 'T') {
            Row row = Statement.readResult(wire, 1).single();
            next =
                    Optional.of(
                            new TimelineSwitch(
                                    ReplicationConnection.timeline(row.longValue("next_tli")),
                                    row.lsn("next_tli_startpos")));
            type = wire.receiveOrFail();
        }
        while (type == 'C') {
            type = wire.receiveOrFail();
        }
        if (type != 'Z') {
            throw unexpected(type);
        }
        wire.ready();
        return next;
    }

    private void copying() {
        sending.lock();
        try {
            phase = Phase.COPYING;
            if (endWanted) {
                done();
            }
        } finally {
            sending.unlock();
        }
    }

    /// The server sends no more, and we say the same, if we have not yet.
    ///
    /// @return whether we were the first to say so
    private boolean over() {
        sending.lock();
        try {
            boolean first = phase == Phase.DONE;
            done();
            phase = Phase.OVER;
            return first;
        } finally {
            sending.unlock();
        }
    }

    private void done() {
        if (phase == Phase.COPYING) {
            phase = Phase.DONE;
            beside.begin('c').end();
            wire.sendBeside(beside);
        }
    }

    private void report(Lsn durable, boolean ask) {
        sending.lock();
        try {
            confirmed = Lsn.max(confirmed, durable);
            if (phase == Phase.COPYING) {
                beside.begin('d').writeByte('r');
                beside.writeLong(received.value()).writeLong(confirmed.value());
                // Nothing is applied here. The clock is for the server's log only.
                beside.writeLong(0)
                        .writeLong(ChronoUnit.MICROS.between(POSTGRES_EPOCH, Instant.now()));
                beside.writeByte(ask ? 1 : 0).end();
                wire.sendBeside(beside);
            }
        } finally {
            sending.unlock();
        }
    }

    private static Instant clock(long micros) {
        return POSTGRES_EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static ProtocolException unexpected(char type) {
        return new ProtocolException(
                "a stream of WAL holds a message of type "
                        + MessageReader.describe(type)
                        + " where none belongs");
    }
}
