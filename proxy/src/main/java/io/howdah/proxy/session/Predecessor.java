package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.MessageCutter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The process that serves until this one takes its listening socket over: the very socket, so that
/// no client that is on its way is refused or reset. Afterwards cancel requests for its clients are
/// handed on to it, until the last one has left.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class Predecessor extends ChannelInboundHandlerAdapter {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// So many cancel requests are under way there; more are forgotten.
    private static final int CANCELS_MAXIMUM = 256;

    private final CompletableFuture<FileDescriptor> listening = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Map<Integer, Runnable> cancels = new LinkedHashMap<>();
    private final MessageCutter cutter = Handover.cutter(this::read);
    private final Channel channel;
    private int number;

    private Predecessor(Transport transport, Path socket) throws IOException {
        var connecting = transport.connect(socket, this);
        channel = connecting.channel();
        channel.closeFuture().addListener(_ -> ended());
        if (!connecting.awaitUninterruptibly(PATIENCE.toMillis()) || !connecting.isSuccess()) {
            channel.close();
            throw new IOException(connecting.cause());
        }
    }

    /// Looks who serves; null when nobody waits for a next one there.
    static @Nullable Predecessor find(Transport transport, Path socket) {
        try {
            return new Predecessor(transport, socket);
        } catch (IOException e) {
            return null;
        }
    }

    /// The socket at which clients connect. Both processes may take clients from it.
    ///
    /// @throws IOException when it was not handed over, because another process takes it, or the
    ///   one that serves does not answer
    FileDescriptor listening() throws IOException {
        try {
            return listening.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            channel.close();
            throw new IOException("the process that serves does not hand its socket over", e);
        }
    }

    /// Has it take no more clients.
    ///
    /// @return false when it did not say so in time
    boolean succeed() {
        channel.writeAndFlush(Handover.message(channel.alloc(), Handover.READY));
        try {
            done.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    /// Whether it has clients still.
    boolean isThere() {
        return channel.isActive();
    }

    /// Where [#cancel] is called.
    EventLoop loop() {
        return channel.eventLoop();
    }

    /// Hands a cancel request on. For the event loop.
    void cancel(CancelKey key, Duration bound, Runnable atItsEnd) {
        if (!channel.isActive() || cancels.size() >= CANCELS_MAXIMUM) {
            atItsEnd.run();
            return;
        }
        int own = ++number;
        cancels.put(own, atItsEnd);
        channel.writeAndFlush(Handover.cancel(channel.alloc(), own, key));
        channel.eventLoop().schedule(() -> ended(own), bound.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void ended(int which) {
        Runnable atItsEnd = cancels.remove(which);
        if (atItsEnd != null) {
            atItsEnd.run();
        }
    }

    /// The process has ended, or has let go.
    private void ended() {
        cutter.stop();
        listening.completeExceptionally(new IOException("it closed the connection"));
        done.complete(null);
        List.copyOf(cancels.keySet()).forEach(this::ended);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof FileDescriptor descriptor) {
            ((EpollDomainSocketChannel) context.channel())
                    .config()
                    .setReadMode(DomainSocketReadMode.BYTES);
            listening.complete(descriptor);
        } else {
            cutter.read((ByteBuf) message);
        }
    }

    private void read(byte type, ByteBuf body) {
        if (type == Handover.DONE) {
            done.complete(null);
        } else if (type == Handover.ENDED && body.readableBytes() == 4) {
            ended(body.readInt());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Mishaps.end(context, cause);
    }
}
