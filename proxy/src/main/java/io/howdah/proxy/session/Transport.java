package io.howdah.proxy.session;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/// Sockets: Linux's epoll, and one event loop or several. The first one listens, and deals clients
/// out to all.
final class Transport {

    private static final int BACKLOG = 1_024;

    private final Dealer dealer = new Dealer();
    private final EventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<Network> networks = new ArrayList<>();

    /// @param count event loops
    Transport(int count) {
        group =
                new MultiThreadIoEventLoopGroup(
                        count,
                        new ThreadPerTaskExecutor(new DefaultThreadFactory("proxy-loop", false)),
                        dealer,
                        EpollIoHandler.newFactory());
        var names = new Names();
        for (EventExecutor loop : group) {
            loops.add((EventLoop) loop);
            networks.add(new LoopNetwork((EventLoop) loop, names));
        }
    }

    /// The loop that listens.
    EventLoop first() {
        return loops.getFirst();
    }

    /// The world as each loop has it, the first one first.
    List<Network> networks() {
        return networks;
    }

    /// Listens for clients, and takes them once the channel is read.
    ///
    /// @param silence for how long the machine of a client that comes may be silent; zero for as
    ///   long as the system has it
    /// @param handler on that loop
    ChannelFuture listen(
            InetSocketAddress address,
            Supplier<Duration> silence,
            Function<EventLoop, ChannelHandler> handler) {
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
            Function<EventLoop, ChannelHandler> handler) {
        return clients(silence, handler).channelFactory(() -> listening).register();
    }

    private ServerBootstrap clients(
            Supplier<Duration> silence, Function<EventLoop, ChannelHandler> handler) {
        return new ServerBootstrap()
                .group(first(), group)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Sockets.UNSENT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, Sockets.reads())
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                dealer.arrived(channel);
                                Sockets.keepAlive(silence.get(), channel.config()::setOption);
                                channel.pipeline().addLast(handler.apply(channel.eventLoop()));
                            }
                        });
    }

    /// How many clients there are, those that are on their way to their loop among them.
    int clients() {
        return dealer.clients();
    }

    /// Takes connections at a local socket.
    ChannelFuture listen(Path socket, Supplier<ChannelHandler> handler) {
        return new ServerBootstrap()
                .group(first())
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(Sockets.with(handler))
                .bind(new DomainSocketAddress(socket.toFile()));
    }

    /// Connects to a local socket, from which open files are read at first.
    ChannelFuture connect(Path socket, ChannelHandler handler) {
        return new Bootstrap()
                .group(first())
                .channel(EpollDomainSocketChannel.class)
                .option(
                        EpollChannelOption.DOMAIN_SOCKET_READ_MODE,
                        DomainSocketReadMode.FILE_DESCRIPTORS)
                .handler(handler)
                .connect(new DomainSocketAddress(socket.toFile()));
    }

    /// Ends the loops, with all their connections, and waits for them. Without a moment of quiet
    /// Netty's loops may end between two looks at what they have to close, and leave that open.
    void close() {
        group.shutdownGracefully(1, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
