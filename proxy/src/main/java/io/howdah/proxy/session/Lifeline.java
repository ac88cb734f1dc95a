package io.howdah.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.time.Duration;

/// Whether the machine on the other side of a connection still acknowledges what it is sent. The
/// kernel gives up after a quarter of an hour only; its `TCP_USER_TIMEOUT` would also end a
/// connection whose other side is there and takes nothing, such as a server that waits for a lock
/// in the middle of a COPY. (Where nothing is sent, keep-alive probes find out.)
final class Lifeline {

    private final Channel channel;
    private boolean unanswered;
    private long sinceNanos;

    Lifeline(Channel channel) {
        this.channel = channel;
    }

    /// Whether something was not acknowledged yet when that was asked last.
    boolean isUnanswered() {
        return unanswered;
    }

    /// To be asked again and again.
    ///
    /// @param bound for how long it may acknowledge nothing; zero for as long as the kernel says
    boolean isCut(Duration bound, long now) {
        if (!bound.isPositive() || !(channel instanceof EpollSocketChannel socket)) {
            return false;
        }
        EpollTcpInfo info = socket.isActive() ? socket.tcpInfo() : new EpollTcpInfo();
        if (info.unacked() == 0) {
            unanswered = false;
            return false;
        }
        boolean heard = unanswered && info.lastAckRecv() < (now - sinceNanos) / 1_000_000;
        if (!unanswered || heard) {
            unanswered = true;
            sinceNanos = now;
            return false;
        }
        return now - sinceNanos >= bound.toNanos();
    }
}
