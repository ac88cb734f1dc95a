package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.MessageCutter;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.howdah.proxy.protocol.MessageLengths;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;

/// The server connection of one client that replicates. Of what the server says it looks at types
/// and lengths, to know between which two messages something else may be said.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ReplicationLink extends ChannelInboundHandlerAdapter implements MessageCutter.Receiver {

    /// In no transaction, as `ReadyForQuery` says.
    private static final byte IDLE = 'I';

    /// A longer error is not looked into.
    private static final int ERROR_MAXIMUM_BYTES = 256 * 1024;

    private final Switchboard switchboard;
    private final ReplicationSession session;
    private final ServerPath path;
    private final CancelKey key;
    private final Channel channel;
    private final Lifeline lifeline;
    private final MessageCutter cutter = new MessageCutter(this);
    private boolean ended;

    /// Whether the last thing that the client heard was why the connection ends.
    private boolean told;

    /// Whether WAL flows (`CopyBothResponse`): who begins again later goes on where it ended.
    private boolean streaming;

    /// Whether the server waits for the next command.
    private boolean resting = true;

    /// @param path by which it was opened
    /// @param key by which the server cancels what it does here
    ReplicationLink(
            Switchboard switchboard,
            ReplicationSession session,
            ServerPath path,
            CancelKey key,
            Channel channel) {
        this.switchboard = switchboard;
        this.session = session;
        this.path = path;
        this.key = key;
        this.channel = channel;
        this.lifeline = new Lifeline(channel);
    }

    // --- from the client

    /// Bytes of the client; they belong here now.
    void send(ByteBuf bytes) {
        resting = false;
        channel.write(bytes, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            session.readOn();
        } else {
            session.readNoMore();
        }
    }

    /// Carries a cancel request to the server.
    void cancel(Runnable atItsEnd) {
        CancelDelivery.send(switchboard, path, key, _ -> atItsEnd.run());
    }

    // --- from the server

    /// @param on whether the client takes more
    void read(boolean on) {
        channel.config().setAutoRead(on);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        cutter.read((ByteBuf) message);
        if (cutter.isStopped() && !ended) {
            session.serverLost(Complaints.doubt(), false);
        }
    }

    @Override
    public Cut begin(byte type, int length, ByteBuf bytes, int body, int present) {
        if (!MessageLengths.isPossibleFromServer(length)) {
            return Cut.STOP;
        }
        told = false;
        if (type == 'E' && length <= ERROR_MAXIMUM_BYTES) {
            return Cut.WHOLE;
        }
        if (type == 'W') {
            streaming = true;
        } else if (type == 'Z' && present == 0) {
            return Cut.MORE;
        } else if (type == 'Z') {
            streaming = false;
            resting = bytes.getByte(body) == IDLE;
        }
        return Cut.FORWARD;
    }

    @Override
    public Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
        told = ErrorFields.read(bytes, body, bodyBytes).isFatal();
        return Cut.FORWARD;
    }

    @Override
    public void forward(ByteBuf run) {
        session.send(run);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!ended) {
            session.flush();
            session.endIfDismissed();
        }
    }

    // --- parting

    /// Whether a message was sent to the client in part.
    boolean isInMessage() {
        return cutter.isInMessage();
    }

    /// Whether nothing is lost by an end now.
    boolean isInterruptible() {
        return (resting || streaming) && !isInMessage();
    }

    /// Whether the server's machine acknowledges nothing any more.
    boolean isCut(Duration bound, long now) {
        return lifeline.isCut(bound, now);
    }

    /// The client has left.
    void close() {
        ended = true;
        cutter.stop();
        LastWords.say(channel, Unpooled.EMPTY_BUFFER);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!ended) {
            session.serverLost(Complaints.serverGone(), told);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (Lifeline.isLoss(cause)) {
            session.serverVanished(Complaints.noAnswer());
        }
        Mishaps.end(context, cause);
    }
}
