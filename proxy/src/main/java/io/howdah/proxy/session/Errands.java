package io.howdah.proxy.session;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.Messages;
import io.netty.channel.Channel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Requests of the proxy's own on a server connection, one at a time: what a new client wishes,
/// what the next client had elsewhere, what the last one takes along, or that all is forgotten.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class Errands {

    /// What such a request is for.
    enum Errand {
        NONE,
        LOGIN,
        PUT_BACK,
        ASK,
        RESET
    }

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
    private @Nullable ErrorFields error;
    private long begunNanos;

    Errands(Channel channel, Exchange exchange, Sender sender) {
        this.channel = channel;
        this.exchange = exchange;
        this.sender = sender;
    }

    boolean isUnderWay() {
        return current != Errand.NONE;
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
    void run(Errand errand, String sql) {
        current = errand;
        error = null;
        begunNanos = System.nanoTime();
        if (sql.isEmpty()) {
            channel.eventLoop().execute(this::done);
        } else {
            exchange.sendOwn();
            channel.writeAndFlush(Messages.query(channel.alloc(), sql), channel.voidPromise());
        }
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
        Errand ended = current;
        current = Errand.NONE;
        sender.done(ended, error);
    }
}
