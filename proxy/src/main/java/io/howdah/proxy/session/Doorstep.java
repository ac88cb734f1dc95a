package io.howdah.proxy.session;

import io.howdah.proxy.settings.ProxySettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The socket at which clients connect: a new one, or the one of the process that served before.
final class Doorstep {

    private static final Logger log = LoggerFactory.getLogger(Doorstep.class);

    private Doorstep() {}

    /// Takes clients from now on.
    ///
    /// @param former serves until then; null for nobody
    /// @throws IOException when that cannot be; then the former goes on serving
    static Channel open(Transport transport, Switchboard switchboard, @Nullable Predecessor former)
            throws IOException {
        ProxySettings settings = switchboard.settings();
        var silence = settings.timeouts().unreachable();
        if (former != null) {
            transport.loop().execute(() -> switchboard.succeed(former));
        }
        ChannelFuture opened =
                former == null
                        ? transport.listen(
                                settings.listen(), silence, () -> new ClientDoor(switchboard))
                        : transport.listen(
                                former.listening(), silence, () -> new ClientDoor(switchboard));
        opened.awaitUninterruptibly();
        if (!opened.isSuccess()) {
            throw new IOException(String.valueOf(opened.cause().getMessage()), opened.cause());
        }
        SocketAddress address = opened.channel().localAddress();
        if (former != null && !isMeant(settings.listen(), address)) {
            opened.channel().close().awaitUninterruptibly();
            throw new IOException("the process that serves listens on " + address);
        }
        return opened.channel();
    }

    private static boolean isMeant(InetSocketAddress listen, SocketAddress address) {
        return listen.getPort() == 0
                || listen.equals(address)
                || (address instanceof InetSocketAddress bound
                        && bound.getPort() == listen.getPort()
                        && bound.getAddress().isAnyLocalAddress()
                        && listen.getAddress().isAnyLocalAddress());
    }

    /// Has the former take no more clients.
    static void succeed(@Nullable Predecessor former) {
        if (former == null) {
            return;
        }
        if (!former.succeed()) {
            log.warn("the process that served before does not say that it takes no more clients");
        }
        log.info("took over from the process that served before");
    }
}
