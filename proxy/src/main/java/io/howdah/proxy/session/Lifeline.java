package io.howdah.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.unix.Errors;
import java.time.Duration;
import java.util.Set;

/// Whether the machine on the other side of a connection is still there: it answers what the kernel
/// sends it, also while nobody there takes anything. The kernel gives up after a quarter of an hour
/// only; its `TCP_USER_TIMEOUT` would also end a connection whose other side is there and takes
/// nothing, such as a server that waits for a lock in the middle of a COPY. (Where nothing is to be
/// sent, keep-alive probes find out.)
final class Lifeline {

    /// What the kernel says of a connection at some moment.
    ///
    /// @param open something was sent and is not acknowledged, or waits in the kernel to be sent
    /// @param repeats how often the kernel has tried again since the other side took something
    /// @param quietMillis for how long the other side has acknowledged nothing
    record Sight(boolean open, int repeats, long quietMillis) {

        /// Nothing is under way.
        static final Sight CLEAR = new Sight(false, 0, 0);

        /// Where the other side takes nothing, or this machine has no way to it, nothing counts as
        /// sent: then only the kernel's probes say that something waits.
        static Sight of(EpollTcpInfo info) {
            int repeats = info.retransmits() + info.probes() + info.backoff();
            return new Sight(info.unacked() > 0 || repeats > 0, repeats, info.lastAckRecv());
        }
    }

    /// What waits is seen once the kernel has probed for the first time.
    private static final Duration FIRST_PROBE = Duration.ofSeconds(3);

    /// Errors of Linux by which the kernel says that it has given up: ETIMEDOUT, EHOSTUNREACH,
    /// ENETUNREACH.
    private static final Set<Integer> GIVEN_UP = Set.of(-110, -113, -101);

    /// A state of TCP, as Linux numbers them.
    private static final int ESTABLISHED = 1;

    private final Channel channel;
    private long toldNanos = System.nanoTime();
    private boolean open;
    private boolean asked;
    private int repeats;

    /// Since the other side was heard last, or since it is waited for.
    private long sinceNanos;

    /// Since it has not answered for certain.
    private long askedNanos;

    Lifeline(Channel channel) {
        this.channel = channel;
    }

    /// Whether an exception on a connection says that the kernel has lost the other machine.
    static boolean isLoss(Throwable cause) {
        return cause instanceof Errors.NativeIoException e && GIVEN_UP.contains(e.expectedErr());
    }

    /// Whether the connection is open on both sides, as the kernel has it: it knows before anything
    /// has been read. What is not TCP counts as open.
    boolean isConnected() {
        if (!(channel instanceof EpollSocketChannel socket)) {
            return true;
        }
        if (!socket.isActive()) {
            return false;
        }
        var info = new EpollTcpInfo();
        socket.tcpInfo(info);
        return info.state() == ESTABLISHED;
    }

    /// Something was sent just now.
    void told(long now) {
        toldNanos = now;
    }

    /// Whether what was sent last may not have arrived yet, as far as was looked.
    boolean isOpen(long now) {
        return open || now - toldNanos < FIRST_PROBE.toNanos();
    }

    /// To be asked again and again.
    ///
    /// @param bound for how long it may acknowledge nothing; zero for as long as the kernel says
    boolean isCut(Duration bound, long now) {
        if (!bound.isPositive() || !(channel instanceof EpollSocketChannel socket)) {
            return false;
        }
        if (!socket.isActive()) {
            return isCut(Sight.CLEAR, bound, now);
        }
        var info = new EpollTcpInfo();
        socket.tcpInfo(info);
        return isCut(Sight.of(info), bound, now);
    }

    /// Time counts from when the other side was certainly asked and has not answered: where it
    /// takes nothing, the kernel asks ever more rarely, and to be quiet in between is no sign.
    boolean isCut(Sight seen, Duration bound, long now) {
        boolean heard = seen.quietMillis() < (now - sinceNanos) / 1_000_000;
        if (!seen.open() || !open || heard) {
            open = seen.open();
            repeats = seen.repeats();
            sinceNanos = now;
            asked = false;
        } else if (!asked && seen.repeats() > repeats) {
            asked = true;
            askedNanos = now;
        }
        return asked && now - askedNanos >= bound.toNanos();
    }
}
