package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Supplier;

/// Sockets: Linux's epoll, one event loop, and the bounds of what is read and written at once.
final class Transport {

    /// What may wait to be sent on one connection before its source is read no more.
    private static final WriteBufferWaterMark UNSENT =
            new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private static final int READ_MINIMUM_BYTES = 512;
    private static final int READ_INITIAL_BYTES = 2_048;
    private static final int READ_MAXIMUM_BYTES = 64 * 1024;
    private static final int BACKLOG = 1_024;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("proxy-loop", false), EpollIoHandler.newFactory());

    EventLoop loop() {
        return group.next();
    }

    /// Takes client connections from now on.
    ChannelFuture listen(InetSocketAddress address, Supplier<ChannelHandler> handler) {
        return new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
                .childHandler(with(handler))
                .bind(address);
    }

    /// Opens a connection to a server.
    ChannelFuture connect(ServerAddress server, Duration bound, Supplier<ChannelHandler> handler) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(group)
                        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, reads())
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                (int) Math.min(Integer.MAX_VALUE, bound.toMillis()))
                        .handler(with(handler));
        SocketAddress address =
                switch (server) {
                    case ServerAddress.UnixSocket socket -> {
                        bootstrap.channel(EpollDomainSocketChannel.class);
                        yield new DomainSocketAddress(socket.file().toFile());
                    }
                    case ServerAddress.Tcp(String host, int port) -> {
                        bootstrap
                                .channel(EpollSocketChannel.class)
                                .option(ChannelOption.TCP_NODELAY, true)
                                .option(ChannelOption.SO_KEEPALIVE, true);
                        yield InetSocketAddress.createUnresolved(host, port);
                    }
                };
        return bootstrap.connect(address);
    }

    /// Ends the loop and waits for it.
    void close() {
        group.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS)
                .awaitUninterruptibly();
    }

    private static AdaptiveRecvByteBufAllocator reads() {
        return new AdaptiveRecvByteBufAllocator(
                READ_MINIMUM_BYTES, READ_INITIAL_BYTES, READ_MAXIMUM_BYTES);
    }

    private static ChannelInitializer<Channel> with(Supplier<ChannelHandler> handler) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handler.get());
            }
        };
    }
}
