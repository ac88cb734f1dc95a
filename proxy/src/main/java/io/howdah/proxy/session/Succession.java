package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.MessageCutter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits at a local socket for the next process, gives it the listening socket, and lets go of it
/// once the next one says that it serves. A next one that goes away before has changed nothing.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class Succession {

    private static final Logger log = LoggerFactory.getLogger(Succession.class);

    /// So many processes may wait behind the one that is being handed to; it may yet go away.
    private static final int WAITING_MAXIMUM = 8;

    private final Switchboard switchboard;
    private final Path socket;
    private final Path own;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final Channel door;
    private final Deque<Next> waiting = new ArrayDeque<>();
    private @Nullable Channel next;

    /// Where clients connect; there before anybody finds this process.
    private volatile @Nullable Channel listening;

    /// Opens a place for the next one, which is not found there before [#announce].
    ///
    /// @throws IOException when the local socket cannot be made
    Succession(Transport transport, Switchboard switchboard, Path socket) throws IOException {
        this.switchboard = switchboard;
        this.socket = socket;
        String digits = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt(), 6);
        this.own = socket.resolveSibling(socket.getFileName() + "." + digits);
        var bound = transport.listen(own, Next::new).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot make the socket " + own + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        this.door = bound.channel();
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
    }

    /// From now on the next one finds this process.
    ///
    /// @param open where clients connect
    void announce(Channel open) {
        listening = open;
        try {
            Files.move(
                    own,
                    socket,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            log.warn("no process will be able to take over at {}: {}", socket, e.getMessage());
        }
    }

    /// Completes when another process has taken over.
    CompletableFuture<Void> over() {
        return over;
    }

    /// There is nobody to take over from any more.
    void close() {
        door.close().awaitUninterruptibly();
        if (!over.isDone()) {
            try {
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                log.warn("{} is left there: {}", socket, e.getMessage());
            }
        }
    }

    private Channel listening() {
        return Objects.requireNonNull(listening);
    }

    private void handTo(Channel taker) {
        next = taker;
        taker.writeAndFlush(((UnixChannel) listening()).fd());
    }

    /// A process that wants to be the next one.
    private final class Next extends ChannelInboundHandlerAdapter {

        private final MessageCutter cutter = Handover.cutter(this::read);
        private @Nullable Channel channel;

        @Override
        public void channelActive(ChannelHandlerContext context) throws IOException {
            Channel opened = context.channel();
            channel = opened;
            int user = ((EpollDomainSocketChannel) opened).peerCredentials().uid();
            if (!isOurs(user)) {
                log.warn("refused to hand over to a process of the user {}", user);
                context.close();
            } else if (over.isDone() || waiting.size() >= WAITING_MAXIMUM) {
                context.close();
            } else if (next != null) {
                waiting.add(this);
            } else {
                handTo(opened);
            }
        }

        private boolean isOurs(int user) throws IOException {
            return user == 0 || Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(user);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            cutter.read((ByteBuf) message);
        }

        private void read(byte type, ByteBuf body) {
            Channel opened = channel;
            if (opened == null || !opened.equals(next)) {
                return;
            }
            if (type == Handover.READY && !over.isDone()) {
                listening().close();
                door.close();
                opened.writeAndFlush(Handover.message(opened.alloc(), Handover.DONE));
                over.complete(null);
                List.copyOf(waiting).forEach(Next::close);
            } else if (type == Handover.CANCEL && CancelKey.isPossible(body.readableBytes() - 4)) {
                int number = body.readInt();
                switchboard.cancel(
                        CancelKey.read(body),
                        () -> opened.writeAndFlush(Handover.ended(opened.alloc(), number)));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            cutter.stop();
            waiting.remove(this);
            if (context.channel().equals(next) && !over.isDone()) {
                next = null;
                Next following = waiting.poll();
                if (following != null && following.channel != null) {
                    handTo(following.channel);
                }
            }
        }

        private void close() {
            if (channel != null) {
                channel.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            Mishaps.end(context, cause);
        }
    }
}
