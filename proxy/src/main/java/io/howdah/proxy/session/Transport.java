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
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Sockets: Linux's epoll, one event loop, and the bounds of what is read and written at once.
final class Transport implements Network {

    /// What may wait to be sent on one connection before its source is read no more.
    private static final WriteBufferWaterMark UNSENT =
            new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private static final int READ_MINIMUM_BYTES = 512;
    private static final int READ_INITIAL_BYTES = 2_048;
    private static final int READ_MAXIMUM_BYTES = 64 * 1024;
    private static final int BACKLOG = 1_024;

    /// What Linux takes for its keep-alive.
    private static final int MOST_SECONDS = 32_767;

    private static final int PROBES = 4;

    private final Names names = new Names();

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("proxy-loop", false), EpollIoHandler.newFactory());

    @Override
    public EventLoop loop() {
        return group.next();
    }

    /// Takes client connections from now on.
    ///
    /// @param silence for how long the machine of a client that comes may be silent; zero for as
    ///   long as the system has it
    ChannelFuture listen(
            InetSocketAddress address,
            Supplier<Duration> silence,
            Supplier<ChannelHandler> handler) {
        return clients(silence, handler)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .bind(address);
    }

    /// The same at a socket that listens already.
    ChannelFuture listen(
            EpollServerSocketChannel listening,
            Supplier<Duration> silence,
            Supplier<ChannelHandler> handler) {
        return clients(silence, handler).channelFactory(() -> listening).register();
    }

    private ServerBootstrap clients(Supplier<Duration> silence, Supplier<ChannelHandler> handler) {
        return new ServerBootstrap()
                .group(group)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                keepAlive(silence.get(), channel.config()::setOption);
                                channel.pipeline().addLast(handler.get());
                            }
                        });
    }

    /// Takes connections at a local socket.
    ChannelFuture listen(Path socket, Supplier<ChannelHandler> handler) {
        return new ServerBootstrap()
                .group(group)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(with(handler))
                .bind(new DomainSocketAddress(socket.toFile()));
    }

    /// Connects to a local socket, from which open files are read at first.
    ChannelFuture connect(Path socket, ChannelHandler handler) {
        return new Bootstrap()
                .group(group)
                .channel(EpollDomainSocketChannel.class)
                .option(
                        EpollChannelOption.DOMAIN_SOCKET_READ_MODE,
                        DomainSocketReadMode.FILE_DESCRIPTORS)
                .handler(handler)
                .connect(new DomainSocketAddress(socket.toFile()));
    }

    @Override
    public ChannelFuture connect(
            ServerAddress server,
            Duration bound,
            Duration silence,
            Supplier<ChannelHandler> handler) {
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
                                .resolver(names);
                        keepAlive(silence, bootstrap::option);
                        yield InetSocketAddress.createUnresolved(host, port);
                    }
                };
        return bootstrap.connect(address);
    }

    /// Where nothing is sent, probes find out whether the other side is still there.
    private static void keepAlive(Duration silence, Options options) {
        options.set(ChannelOption.SO_KEEPALIVE, true);
        if (silence.isPositive()) {
            int seconds = (int) Math.min(MOST_SECONDS, silence.toSeconds());
            options.set(EpollChannelOption.TCP_KEEPIDLE, Math.max(1, seconds / 2));
            options.set(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / 2 / PROBES));
            options.set(EpollChannelOption.TCP_KEEPCNT, PROBES);
        }
    }

    /// Sets options of sockets.
    @FunctionalInterface
    private interface Options {
        <T> Object set(ChannelOption<T> option, T value);
    }

    @Override
    public ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(Thread.ofVirtual().name(name).factory());
    }

    /// Ends the loop, with all its connections, and waits for it. Without a moment of quiet Netty's
    /// loop may end between two looks at what it has to close, and leave that open.
    void close() {
        group.shutdownGracefully(1, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
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
