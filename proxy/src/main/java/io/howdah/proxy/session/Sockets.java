package io.howdah.proxy.session;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import java.time.Duration;
import java.util.function.Supplier;

/// What all connections have in common: the bounds of what is read and written at once, and how the
/// system finds out whether the other side is still there.
final class Sockets {

    /// What may wait to be sent on one connection before its source is read no more.
    static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private static final int READ_MINIMUM_BYTES = 512;
    private static final int READ_INITIAL_BYTES = 2_048;
    private static final int READ_MAXIMUM_BYTES = 64 * 1024;

    /// What Linux takes for its keep-alive.
    private static final int MOST_SECONDS = 32_767;

    private static final int PROBES = 4;

    private Sockets() {}

    /// Sets options of sockets.
    @FunctionalInterface
    interface Options {
        <T> Object set(ChannelOption<T> option, T value);
    }

    /// Where nothing is sent, probes find out whether the other side is still there.
    static void keepAlive(Duration silence, Options options) {
        options.set(ChannelOption.SO_KEEPALIVE, true);
        if (silence.isPositive()) {
            int seconds = (int) Math.min(MOST_SECONDS, silence.toSeconds());
            options.set(EpollChannelOption.TCP_KEEPIDLE, Math.max(1, seconds / 2));
            options.set(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / 2 / PROBES));
            options.set(EpollChannelOption.TCP_KEEPCNT, PROBES);
        }
    }

    static AdaptiveRecvByteBufAllocator reads() {
        return new AdaptiveRecvByteBufAllocator(
                READ_MINIMUM_BYTES, READ_INITIAL_BYTES, READ_MAXIMUM_BYTES);
    }

    static ChannelInitializer<Channel> with(Supplier<ChannelHandler> handler) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handler.get());
            }
        };
    }
}
