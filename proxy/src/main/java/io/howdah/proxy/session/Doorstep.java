package io.howdah.proxy.session;

import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.TakeoverSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The socket at which clients connect: a new one, or the one of the process that served before.
final class Doorstep {

    private static final Logger log = LoggerFactory.getLogger(Doorstep.class);

    private final Transport transport;
    private final Loops loops;
    private final @Nullable Predecessor former;

    /// Bound and taking nobody yet; null where the former is in the way until it lets go.
    private final @Nullable Channel ready;

    private Doorstep(
            Transport transport,
            Loops loops,
            @Nullable Predecessor former,
            @Nullable Channel ready) {
        this.transport = transport;
        this.loops = loops;
        this.former = former;
        this.ready = ready;
    }

    /// Does all that may fail, as far as that is possible while the former serves: nobody is taken
    /// in who would be lost then.
    ///
    /// @param former serves until [#open]; null for nobody
    /// @throws IOException when the address cannot be had, or is not handed over
    static Doorstep prepare(Transport transport, Loops loops, @Nullable Predecessor former)
            throws IOException {
        return new Doorstep(transport, loops, former, socket(transport, loops, former));
    }

    private static @Nullable Channel socket(
            Transport transport, Loops loops, @Nullable Predecessor former) throws IOException {
        ProxySettings settings = loops.settings();
        if (former == null) {
            return opened(openAnew(transport, loops));
        }
        loops.commons().succeed(former);
        var listening = new EpollServerSocketChannel(former.listening().intValue());
        SocketAddress there = listening.localAddress();
        if (isMeant(settings.listen(), there)) {
            return opened(
                    transport.listen(
                            listening,
                            () -> loops.settings().timeouts().unreachable(),
                            loop -> new ClientDoor(loops.of(loop))));
        }
        listening.unsafe().closeForcibly();
        TakeoverSettings takeover = settings.takeover();
        if (takeover == null || !takeover.mayMove()) {
            throw new IOException("the process that serves listens on " + there);
        }
        if (there instanceof InetSocketAddress bound && isInTheWay(bound, settings.listen())) {
            requireOurs(settings.listen().getAddress());
            return null;
        }
        return opened(openAnew(transport, loops));
    }

    /// Takes clients from now on, and has the former take no more.
    ///
    /// @throws IOException when the former was in the way, and the address cannot be had even so
    Channel open() throws IOException {
        Channel channel = ready;
        if (channel == null) {
            succeed();
            channel = opened(openAnew(transport, loops));
            channel.config().setAutoRead(true);
        } else {
            channel.config().setAutoRead(true);
            succeed();
        }
        return channel;
    }

    /// The system gives nobody a port at one address while another has it at all of them.
    private static boolean isInTheWay(InetSocketAddress bound, InetSocketAddress listen) {
        return bound.getPort() == listen.getPort()
                && (bound.getAddress().isAnyLocalAddress()
                        || listen.getAddress().isAnyLocalAddress());
    }

    /// Once the former has let go, it is too late to find that this host has no such address.
    ///
    /// @throws IOException when it has not
    private static void requireOurs(InetAddress address) throws IOException {
        new ServerSocket(0, 1, address).close();
    }

    private static ChannelFuture openAnew(Transport transport, Loops loops) {
        ProxySettings settings = loops.settings();
        return transport.listen(
                settings.listen(),
                () -> loops.settings().timeouts().unreachable(),
                loop -> new ClientDoor(loops.of(loop)));
    }

    private static Channel opened(ChannelFuture opening) throws IOException {
        opening.awaitUninterruptibly();
        if (!opening.isSuccess()) {
            throw new IOException(String.valueOf(opening.cause().getMessage()), opening.cause());
        }
        return opening.channel();
    }

    private static boolean isMeant(InetSocketAddress listen, SocketAddress address) {
        return listen.getPort() == 0
                || listen.equals(address)
                || (address instanceof InetSocketAddress bound
                        && bound.getPort() == listen.getPort()
                        && bound.getAddress().isAnyLocalAddress()
                        && listen.getAddress().isAnyLocalAddress());
    }

    private void succeed() {
        if (former == null) {
            return;
        }
        if (!former.succeed()) {
            log.warn("the process that served before does not say that it takes no more clients");
        }
        log.info("took over from the process that served before");
    }
}
