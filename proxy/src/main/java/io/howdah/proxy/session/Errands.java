package io.howdah.proxy.session;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.Messages;
import io.netty.channel.Channel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Requests of the proxy's own on a server connection, one at a time: what a new client wishes,
/// what the next client had elsewhere, what the last one takes along, or that all is forgotten.
/// Each can be done twice: one that is interrupted by chance is done again.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class Errands {

    /// What such a request is for.
    enum Errand {
        NONE,
        LOGIN,
        PUT_BACK,
        ASK,
        /// Before `RESET`, where the last client's bounds have kept that from being done.
        UNBIND,
        RESET
    }

    /// So often in a row none is interrupted by chance, not even on a machine with no time left.
    private static final int ATTEMPTS_MAXIMUM = 10;

    /// Who is told of its end.
    @FunctionalInterface
    interface Sender {

        /// An errand has ended.
        ///
        /// @param error what the server answered; null when all went well
        void done(Errand errand, @Nullable ErrorFields error);
    }

    private final Channel channel;
    private final Exchange exchange;
    private final Sender sender;
    private Errand current = Errand.NONE;
    private String sql = "";
    private @Nullable ErrorFields error;
    private int attempts;
    private long begunNanos;

    Errands(Channel channel, Exchange exchange, Sender sender) {
        this.channel = channel;
        this.exchange = exchange;
        this.sender = sender;
    }

    boolean isUnderWay() {
        return current != Errand.NONE;
    }

    /// Whether the server is prepared for a client, of which nothing was sent to it.
    boolean isForNext() {
        return current == Errand.PUT_BACK || current == Errand.LOGIN;
    }

    /// Whether the server is asked something.
    boolean isAsking() {
        return current == Errand.ASK;
    }

    /// Whether one takes longer than this.
    boolean isOver(Duration bound, long now) {
        return isUnderWay() && now - begunNanos >= bound.toNanos();
    }

    /// Sends statements; where there are none, their end comes by itself, later.
    void run(Errand errand, String statements) {
        current = errand;
        sql = statements;
        error = null;
        attempts = 0;
        begunNanos = System.nanoTime();
        if (sql.isEmpty()) {
            channel.eventLoop().execute(this::done);
        } else {
            send();
        }
    }

    private void send() {
        attempts++;
        exchange.sendOwn();
        channel.writeAndFlush(Messages.query(channel.alloc(), sql), channel.voidPromise());
    }

    /// The server has refused one of the statements.
    void failed(ErrorFields answer) {
        error = answer;
    }

    /// The server is ready again.
    void answered() {
        channel.eventLoop().execute(this::done);
    }

    private void done() {
        ErrorFields met = error;
        if (met != null
                && current != Errand.RESET
                && Shelter.isInterruption(met)
                && attempts < ATTEMPTS_MAXIMUM
                && exchange.isFree()) {
            error = null;
            send();
            return;
        }
        Errand ended = current;
        current = Errand.NONE;
        sender.done(ended, error);
    }
}
