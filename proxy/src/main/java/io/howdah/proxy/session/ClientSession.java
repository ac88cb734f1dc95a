package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.MessageCutter;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.howdah.proxy.protocol.MessageLengths;
import io.howdah.proxy.protocol.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A client that has said who it is: its login, and from then on its requests, each of which goes
/// to the server connection that it is joined to, or waits for one.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ClientSession extends ChannelInboundHandlerAdapter implements MessageCutter.Receiver {

    private final Switchboard switchboard;
    private final Destination destination;
    private final StartupSettings wished;
    private final Channel channel;
    private final MessageCutter cutter = new MessageCutter(this);
    private final long key;

    private @Nullable ServerSession server;
    private SessionState state = SessionState.NONE;

    /// The server connection has this client's settings: it may be sent to.
    private boolean served;

    /// In the queue for a server connection.
    private boolean queued;

    private boolean in;
    private boolean pinned;
    private boolean ended;
    private boolean leaving;
    private @Nullable Complaint complaint;
    private long idleSinceNanos = System.nanoTime();

    ClientSession(
            Switchboard switchboard,
            Destination destination,
            StartupSettings wished,
            Channel channel) {
        this.switchboard = switchboard;
        this.destination = destination;
        this.wished = wished;
        this.channel = channel;
        this.key = switchboard.enter(this);
        destination.clientEntered();
    }

    // --- login

    void logIn() {
        Welcome known = destination.welcome(wished);
        if (known != null) {
            welcome(known);
            return;
        }
        ServerSession ready = destination.requestForLogin(this);
        if (ready == null) {
            queued = true;
        } else {
            join(ready);
        }
    }

    /// Lets the client in.
    void welcome(Welcome welcome) {
        in = true;
        state = welcome.state();
        idleSinceNanos = System.nanoTime();
        destination.loggedIn(this);
        switchboard.loggedIn(channel);
        channel.writeAndFlush(
                Messages.welcome(
                        channel.alloc(), welcome.reported(), (int) (key >>> 32), (int) key));
        resume();
        if (switchboard.isDraining()) {
            endWhenIdle();
        }
    }

    boolean isIn() {
        return in;
    }

    StartupSettings wished() {
        return wished;
    }

    /// The server does not let this client in.
    void refuse(ErrorFields error) {
        if (!ended) {
            close(error.encodedAsFatal(channel.alloc()));
        }
    }

    void failLogin() {
        fail(
                Complaints.clientLogin(
                        switchboard.settings().timeouts().clientLogin(), destination.problem()));
    }

    // --- requests

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        receive((ByteBuf) message);
    }

    /// Bytes of the client; they belong to the session.
    void receive(ByteBuf bytes) {
        if (cutter.keptBytes() > 0 && (queued || (server != null && !served))) {
            // What waits is bounded: these bytes are the last until there is a connection.
            channel.config().setAutoRead(false);
        }
        cutter.read(bytes);
        afterReading();
    }

    private void afterReading() {
        if (complaint != null) {
            fail(complaint);
        } else if (leaving) {
            end();
            channel.close();
        }
    }

    @Override
    public Cut begin(byte type, int length, ByteBuf bytes, int body, int present) {
        if (!MessageLengths.isPossibleFromClient(type, length)) {
            complaint = Complaints.wrongMessage(type, length);
            return Cut.STOP;
        }
        if (type == 'X') {
            leaving = true;
            return Cut.STOP;
        }
        if (type == 'P' && present == 0) {
            return Cut.WHOLE;
        }
        if (server == null && in && (type == 'd' || type == 'c' || type == 'f' || type == 'H')) {
            // Nothing is under way: PostgreSQL ignores these, too.
            return Cut.DROP;
        }
        if (!served && !seekServer()) {
            return Cut.WAIT;
        }
        if (type == 'P' && bytes.getByte(body) != 0) {
            // A named statement lives on its server connection.
            pinned = true;
        }
        return send(type, length);
    }

    private Cut send(byte type, int length) {
        ServerSession joined = server;
        if (joined == null) {
            return Cut.STOP;
        }
        return switch (joined.exchange().clientSends(type)) {
            case PASS -> Cut.FORWARD;
            case DROP -> Cut.DROP;
            case DOUBT -> {
                complaint = Complaints.wrongMessage(type, length);
                yield Cut.STOP;
            }
        };
    }

    @Override
    public Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
        return begin(type, bodyBytes + 4, bytes, body, bodyBytes);
    }

    @Override
    public void forward(ByteBuf run) {
        ServerSession joined = server;
        if (joined == null) {
            run.release();
        } else {
            joined.send(run);
        }
    }

    /// Whether there is a connection that this client may send to at once.
    private boolean seekServer() {
        if (!in || queued || server != null) {
            return false;
        }
        ServerSession ready = destination.request(this);
        if (ready == null) {
            queued = true;
            return false;
        }
        server = ready;
        served = ready.takeOn(this);
        return served;
    }

    /// The connection that this client has waited for.
    void join(ServerSession ready) {
        queued = false;
        server = ready;
        served = ready.takeOn(this);
        if (served) {
            goOn();
        }
    }

    /// The connection now has this client's settings.
    void goOn() {
        served = true;
        resume();
    }

    /// Reads on with what has waited.
    private void resume() {
        readOn();
        cutter.resume();
        afterReading();
        pushOn();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        pushOn();
    }

    private void pushOn() {
        ServerSession joined = server;
        if (joined != null) {
            joined.flush();
            if (!joined.isTakingMore()) {
                channel.config().setAutoRead(false);
            }
            joined.settle();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ServerSession joined = server;
        if (joined != null && channel.isWritable()) {
            joined.readOn();
        }
    }

    /// The server takes more again.
    void readOn() {
        if (!channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    // --- replies

    void send(ByteBuf run) {
        channel.write(run, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    // --- parting

    /// A part of a message was sent on: the rest must follow on the same connection.
    boolean isInMessage() {
        return cutter.isInMessage();
    }

    boolean isPinned() {
        return pinned;
    }

    SessionState state() {
        return state;
    }

    /// The connection goes to somebody else.
    void part(SessionState left) {
        server = null;
        served = false;
        state = left;
        idleSinceNanos = System.nanoTime();
        readOn();
        if (switchboard.isDraining()) {
            endWhenIdle();
        }
    }

    /// The connection has ended.
    ///
    /// @param told whether the client knows why
    /// @param inMessage whether half a message was sent to it
    void serverLost(Complaint reason, boolean told, boolean inMessage) {
        server = null;
        served = false;
        if (ended) {
            return;
        }
        if (told) {
            close(Unpooled.EMPTY_BUFFER);
        } else if (inMessage) {
            end();
            channel.close();
        } else {
            fail(reason);
        }
    }

    void cancel(Runnable atItsEnd) {
        ServerSession joined = server;
        if (joined == null || !served || !joined.exchange().isOwing()) {
            atItsEnd.run();
        } else {
            joined.cancel(atItsEnd);
        }
    }

    void expireIdle(Duration bound, long now) {
        if (in && server == null && !queued && now - idleSinceNanos >= bound.toNanos()) {
            fail(Complaints.clientIdle(bound));
        }
    }

    /// The proxy stops: who has nothing under way goes now, the others when they are done.
    void endWhenIdle() {
        if (in && server == null && !queued) {
            fail(Complaints.stopping());
        }
    }

    /// Tells the client why, and closes.
    void fail(Complaint reason) {
        if (!ended) {
            close(reason.encoded(channel.alloc()));
        }
    }

    private void close(ByteBuf lastWords) {
        ServerSession joined = server;
        boolean inMessage = joined != null && joined.isInMessage();
        end();
        if (inMessage) {
            lastWords.release();
            channel.close();
        } else {
            LastWords.say(channel, lastWords);
        }
    }

    /// Leaves everything that it takes part in.
    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        cutter.stop();
        switchboard.leave(this, key);
        destination.clientLeft(this);
        ServerSession joined = server;
        server = null;
        if (joined != null) {
            joined.clientLeft();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
