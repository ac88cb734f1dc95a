package io.howdah.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/// Says something on a connection and closes it, also when the other side does not listen.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class LastWords {

    private static final long PATIENCE_SECONDS = 5;

    private LastWords() {}

    /// Closes once they are said.
    static void say(Channel channel, ByteBuf words) {
        channel.writeAndFlush(words).addListener(ChannelFutureListener.CLOSE);
        closeInTime(channel);
    }

    /// Closes once the other side has closed.
    static void sayAndWait(Channel channel, ByteBuf words) {
        channel.writeAndFlush(words).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        channel.config().setAutoRead(true);
        closeInTime(channel);
    }

    /// Lets the other side end what it does, however long that takes, and close then: it hears that
    /// nothing more comes.
    static void leave(Channel channel, ByteBuf words) {
        channel.config().setAutoRead(true);
        channel.writeAndFlush(words)
                .addListener(said -> {
                    if (!said.isSuccess()) {
                        channel.close();
                    } else if (channel instanceof DuplexChannel duplex) {
                        duplex.shutdownOutput();
                    }
                });
    }

    /// Breaks off in the middle of what was being said: the other side hears that nothing more
    /// comes.
    static void breakOff(Channel channel) {
        leave(channel, Unpooled.EMPTY_BUFFER);
        closeInTime(channel);
    }

    private static void closeInTime(Channel channel) {
        if (channel.isActive()) {
            channel.eventLoop().schedule(() -> channel.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
