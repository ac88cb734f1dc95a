package io.howdah.proxy.session;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.settings.Timeouts;
import java.time.Duration;
import java.util.function.LongSupplier;

/// For how long a client has kept a server connection busy, or has held it and asked nothing. Times
/// are nanoseconds on any one clock; knows no clock of its own.
final class WorkTimes {

    /// What has taken too long.
    enum Overdue {
        NOTHING,
        /// A request, or a row of them, is not answered yet.
        QUERY,
        /// A transaction has not ended.
        TRANSACTION,
        /// It is the client's turn in a transaction, or amid a request, and it asks nothing.
        CLIENT,
        /// The client keeps the connection without a transaction, and asks nothing.
        IDLE
    }

    private final Exchange exchange;
    private boolean asked;

    /// Something was sent since the last transaction ended. The server says of none that one is
    /// open before it is ready again, which a client may put off by a Flush in place of a Sync.
    private boolean begun;

    private long takenNanos;
    private long askedNanos;
    private long begunNanos;
    private long quietNanos;

    /// Half a message was sent, and nothing more is taken of the client.
    private boolean stopped;

    /// When that was seen last.
    private long stoppedNanos;

    WorkTimes(Exchange exchange) {
        this.exchange = exchange;
    }

    /// A client begins to hold the connection.
    void taken(long now) {
        takenNanos = now;
        quietNanos = now;
        stoppedNanos = now;
        begunNanos = now;
        begun = false;
        asked = false;
    }

    /// Something of the client goes to the server.
    void sent(long now) {
        quietNanos = now;
        if (!asked) {
            asked = true;
            askedNanos = now;
        }
        if (!begun) {
            begun = true;
            begunNanos = now;
        }
    }

    /// The server is ready for the next request, which may have been sent already.
    void ready(long now) {
        quietNanos = now;
        askedNanos = now;
        asked = exchange.isOwing();
        if (!exchange.isInTransaction()) {
            begunNanos = now;
            begun = exchange.isOwing();
        }
    }

    /// Replies have come. The last one that was owed makes it the client's turn, also where the
    /// server is not ready for another request, as after a Flush.
    ///
    /// @param clock is looked at for such a one only
    void answered(LongSupplier clock) {
        if (asked && !exchange.isOwing()) {
            asked = false;
            quietNanos = clock.getAsLong();
        }
    }

    /// @param inMessage whether half a message was sent, so that nothing can be answered
    /// @param taking whether more is taken of the client; else it cannot send the other half, as
    ///   the server takes nothing
    Overdue overdue(Timeouts bounds, boolean inMessage, boolean taking, long now) {
        if (exchange.isFree() && !inMessage) {
            return isOver(now - quietNanos, bounds.clientIdle()) ? Overdue.IDLE : Overdue.NOTHING;
        }
        if (isOver(now - begunNanos, bounds.transaction())) {
            return Overdue.TRANSACTION;
        }
        stopped = inMessage && !taking;
        if (stopped) {
            stoppedNanos = now;
        }
        boolean working = stopped || (exchange.isOwing() && !inMessage);
        if (working) {
            return isOver(workNanos(now), bounds.query()) ? Overdue.QUERY : Overdue.NOTHING;
        }
        return isOver(now - Math.max(quietNanos, stoppedNanos), bounds.idleInTransaction())
                ? Overdue.CLIENT
                : Overdue.NOTHING;
    }

    /// Whether the client had held the connection for so long when something was sent or answered
    /// last. Asked for each request, so it looks at no clock.
    boolean isHeldFor(long boundNanos) {
        return quietNanos - takenNanos >= boundNanos;
    }

    /// Whether the server has worked for so long on what it was asked.
    boolean hasWorked(Duration bound, long now) {
        return asked && isOver(workNanos(now), bound);
    }

    /// A server that takes a long message slowly works on it from the last bytes on that it took.
    private long workNanos(long now) {
        return now - (stopped ? Math.max(askedNanos, quietNanos) : askedNanos);
    }

    private static boolean isOver(long ageNanos, Duration bound) {
        return bound.isPositive() && ageNanos >= bound.toNanos();
    }
}
