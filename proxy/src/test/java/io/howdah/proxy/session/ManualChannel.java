package io.howdah.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;

/// The proxy's end of a connection without a socket: what arrives, whether the other side takes
/// what is written, and when it goes away is said by a test. It follows Netty's sockets: while
/// reading is switched off nothing is delivered, and the end is heard of by a task of its own.
final class ManualChannel extends AbstractChannel {

    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(256, 1_024);

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final ArrayDeque<byte[]> coming = new ArrayDeque<>();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private boolean open = true;
    private boolean active;
    private boolean deaf;

    ManualChannel(ByteBufAllocator allocator) {
        super(null);
        config.setAllocator(allocator);
        config.setWriteBufferWaterMark(UNSENT);
    }

    /// Belongs to the loop from now on, and is not connected yet.
    void join(ManualLoop loop, ChannelHandler handler) {
        pipeline().addLast(handler);
        unsafe().register(loop, newPromise());
    }

    /// Is connected from now on.
    void begin() {
        active = true;
        pipeline().fireChannelActive();
    }

    /// The other side sends something.
    void arrive(byte[] bytes) {
        if (open && bytes.length > 0) {
            coming.add(bytes);
        }
    }

    /// Reads what has arrived, if the proxy reads.
    ///
    /// @return whether something was read
    boolean hear() {
        boolean some = false;
        while (open && config.isAutoRead() && !coming.isEmpty()) {
            some = true;
            pipeline().fireChannelRead(alloc().buffer().writeBytes(coming.remove()));
        }
        if (some) {
            pipeline().fireChannelReadComplete();
        }
        return some;
    }

    /// The other side takes nothing more, or takes things again.
    void setDeaf(boolean newDeaf) {
        deaf = newDeaf;
        if (!deaf && open && unsafe() instanceof Unsafe own) {
            own.flushAgain();
        }
    }

    /// What the proxy has said since the last time.
    byte[] said() {
        byte[] bytes = said.toByteArray();
        said.reset();
        return bytes;
    }

    /// The other side goes away.
    void end(boolean reset) {
        if (open) {
            if (reset) {
                pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
            }
            coming.clear();
            unsafe().close(voidPromise());
        }
    }

    /// An attempt to connect that has failed.
    void giveUp() {
        unsafe().close(voidPromise());
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer buffer) {
        while (!deaf && buffer.current() instanceof ByteBuf bytes) {
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.readBytes(copy);
            said.writeBytes(copy);
            buffer.remove();
        }
    }

    @Override
    protected void doClose() {
        open = false;
        active = false;
        coming.clear();
    }

    private final class Unsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            throw new UnsupportedOperationException();
        }

        void flushAgain() {
            flush0();
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof ManualLoop;
    }

    @Override
    protected SocketAddress localAddress0() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 6432);
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
    }

    @Override
    protected void doBind(SocketAddress address) {}

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doBeginRead() {}

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return active;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
