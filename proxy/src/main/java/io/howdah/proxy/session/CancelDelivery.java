package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.settings.Timeouts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries one cancel request to a server, and waits until the server has closed the connection:
/// then the signal has been sent, and what the server does next cannot be hit by it.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class CancelDelivery extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(CancelDelivery.class);

    private final CancelKey key;
    private boolean sent;
    private boolean givenUp;

    private CancelDelivery(CancelKey key) {
        this.key = key;
    }

    /// Sends one.
    ///
    /// @param path where to: a server, or another proxy
    /// @param atItsEnd is told whether nothing of it can arrive any more
    static void send(
            Switchboard switchboard, ServerPath path, CancelKey key, Consumer<Boolean> atItsEnd) {
        Timeouts timeouts = switchboard.settings().timeouts();
        Duration bound = timeouts.cancelWait();
        var delivery = new CancelDelivery(key);
        var guest =
                new ServerDoor.Guest() {
                    @Override
                    public ChannelHandler enter(byte[] binding, Duration left) {
                        return delivery;
                    }

                    @Override
                    public void stayOut(String reason) {
                        log.warn("no cancel request to {}: {}", path.found(), Printable.of(reason));
                    }
                };
        Network network = switchboard.network();
        ChannelFuture attempt =
                network.connect(
                        path.found(),
                        bound,
                        timeouts.unreachable(),
                        () -> new ServerDoor(path.server(), path.tls(), bound, guest));
        if (Network.isStillborn(attempt)) {
            guest.stayOut(String.valueOf(attempt.cause().getMessage()));
            network.loop().execute(() -> atItsEnd.accept(true));
        } else {
            delivery.await(attempt.channel(), bound, atItsEnd);
        }
    }

    /// The connection is open, and encrypted where that was demanded.
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        sent = true;
        context.writeAndFlush(Messages.cancel(context.alloc(), key));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ((ByteBuf) message).release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Mishaps.end(context, cause);
    }

    /// Waits for its end, which is the end of the connection.
    ///
    /// @param channel of the attempt to connect
    /// @param atItsEnd is told whether nothing of it can arrive any more
    private void await(Channel channel, Duration bound, Consumer<Boolean> atItsEnd) {
        Future<?> patience =
                channel.eventLoop()
                        .schedule(
                                () -> {
                                    // What the server has not done yet, it may still do.
                                    givenUp = sent;
                                    channel.close();
                                },
                                bound.toMillis(),
                                TimeUnit.MILLISECONDS);
        channel.closeFuture()
                .addListener(_ -> {
                    patience.cancel(false);
                    atItsEnd.accept(!givenUp);
                });
    }
}
