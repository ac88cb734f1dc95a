package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Carries one cancel request to a server, and waits until the server has closed the connection:
/// then the signal has been sent, and what the server does next cannot be hit by it.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class CancelDelivery extends ChannelInboundHandlerAdapter {

    private final ServerKey key;
    private boolean sent;
    private boolean givenUp;

    CancelDelivery(ServerKey key) {
        this.key = key;
    }

    /// The connection is open, and encrypted where that was demanded.
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        sent = true;
        context.writeAndFlush(Messages.cancel(context.alloc(), key.process(), key.secret()));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ((ByteBuf) message).release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /// Waits for its end, which is the end of the connection.
    ///
    /// @param channel of the attempt to connect
    /// @param atItsEnd is told whether nothing of it can arrive any more
    void await(Channel channel, Duration bound, Consumer<Boolean> atItsEnd) {
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
