package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// The world outside by sockets of one event loop.
record LoopNetwork(EventLoop loop, Names names) implements Network {

    @Override
    public ChannelFuture connect(
            ServerAddress server,
            Duration bound,
            Duration silence,
            Supplier<ChannelHandler> handler) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loop)
                        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Sockets.UNSENT)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, Sockets.reads())
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                (int) Math.min(Integer.MAX_VALUE, bound.toMillis()))
                        .handler(Sockets.with(handler));
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
                        Sockets.keepAlive(silence, bootstrap::option);
                        yield InetSocketAddress.createUnresolved(host, port);
                    }
                };
        return bootstrap.connect(address);
    }

    @Override
    public ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(Thread.ofVirtual().name(name).factory());
    }
}
