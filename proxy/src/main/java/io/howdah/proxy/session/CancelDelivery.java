package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/// Carries one cancel request to a server, and waits until the server has closed the connection:
/// then the signal has been sent, and what the server does next cannot be hit by it.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class CancelDelivery extends ChannelInboundHandlerAdapter {

    private static final long PATIENCE_SECONDS = 10;

    private final int process;
    private final int secret;

    /// @param process and
    /// @param secret as the server gave them at the login
    CancelDelivery(int process, int secret) {
        this.process = process;
        this.secret = secret;
    }

    /// The connection is open, and encrypted where that was demanded.
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.writeAndFlush(Messages.cancel(context.alloc(), process, secret));
        context.executor().schedule(() -> context.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ((ByteBuf) message).release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
