package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.Timeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.time.Duration;

/// A client that has said who it is: the end of its login, and from then on its coming and going
/// between server connections, until it leaves.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ClientSession extends ChannelInboundHandlerAdapter implements Session {

    /// As many connections may end while they are prepared for a client, before it is told.
    private static final int MISSES_MAXIMUM = 3;

    private final Switchboard switchboard;
    private final Destination destination;
    private final StartupSettings wished;

    /// As it was when the client came: what it was promised holds until it leaves.
    private final PoolMode mode;

    private final Channel channel;
    private final Lifeline lifeline;
    private final Seat seat;
    private final RequestStream requests;
    private final Backlog backlog;
    private final CancelKey key;

    private SessionState start = SessionState.NONE;
    private SessionState state = SessionState.NONE;
    private boolean in;
    private boolean ended;

    /// How many connections in a row have ended before anything of this client was sent to them.
    private int misses;

    private long idleSinceNanos = System.nanoTime();

    /// @param longKey whether its cancel key may be longer than eight bytes
    ClientSession(
            Switchboard switchboard,
            Destination destination,
            StartupSettings wished,
            boolean longKey,
            Channel channel) {
        this.switchboard = switchboard;
        this.destination = destination;
        this.wished = wished;
        this.mode = destination.mode();
        this.channel = channel;
        this.lifeline = new Lifeline(channel);
        this.seat = new Seat(this, destination);
        this.requests = new RequestStream(seat, destination.statementsOfClient(channel.alloc()));
        this.backlog = new Backlog(channel, switchboard.commons().unsent(), this::taken);
        this.key = switchboard.enter(this, longKey);
        destination.clientEntered();
    }

    // --- login

    void logIn() {
        Welcome known = destination.welcomes().of(wished);
        if (known != null) {
            welcome(known);
        } else {
            seat.seekForLogin();
        }
    }

    /// Lets the client in.
    void welcome(Welcome welcome) {
        in = true;
        requests.begin();
        start = welcome.state();
        state = start;
        idleSinceNanos = System.nanoTime();
        lifeline.told(idleSinceNanos);
        destination.loggedIn(this);
        switchboard.loggedIn(channel);
        channel.writeAndFlush(Messages.welcome(channel.alloc(), welcome.reported(), key));
        resume();
        endIfDismissed();
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

    @Override
    public void failLogin() {
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
        if (requests.isFull()) {
            // What waits is bounded: these bytes are the last until there is a connection.
            readNoMore();
        }
        requests.read(bytes);
        afterReading();
    }

    private void afterReading() {
        Complaint complaint = requests.complaint();
        if (complaint != null) {
            fail(complaint);
        } else if (requests.isLeaving()) {
            end();
            channel.close();
        }
    }

    /// The connection that this client has waited for.
    void join(ServerSession ready) {
        if (seat.join(ready)) {
            goOn();
        }
    }

    /// The connection now has this client's settings.
    void goOn() {
        misses = 0;
        seat.serve();
        resume();
    }

    /// The connection is busy with an errand for this client: what it sends waits.
    void pause() {
        seat.pause();
    }

    /// What has waited for the connection to be ready goes to the next one.
    void seekOn() {
        resume();
    }

    /// Whether its next request waits for what the server is about to say, or for a cancel request.
    boolean isHeld() {
        return !ended && requests.isHeld();
    }

    /// The server has said something.
    void heard() {
        if (isHeld()) {
            resume();
        }
    }

    /// The client has discarded what it had on the server.
    void forgetStatements() {
        requests.forgetStatements();
    }

    /// Reads on with what has waited.
    private void resume() {
        requests.resume();
        afterReading();
        if (!ended) {
            readOn();
            pushOn();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        pushOn();
    }

    private void pushOn() {
        ServerSession joined = seat.server();
        if (joined != null) {
            joined.flush();
            if (!joined.isTakingMore()) {
                readNoMore();
            }
            joined.settle();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!channel.isWritable()) {
            // Perhaps it takes it at once: whoever sends looks.
            return;
        }
        ServerSession joined = seat.server();
        if (joined != null) {
            joined.readOn();
        }
        if (joined == null || joined.isTakingMore()) {
            readOn();
        }
    }

    /// More can be taken of the client, if nothing waits already, and it takes what it has asked
    /// for: else the answers to ever new requests would pile up.
    void readOn() {
        if (channel.isWritable() && !requests.isFull() && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    void readNoMore() {
        channel.config().setAutoRead(false);
    }

    // --- replies

    /// Sends a part of the replies, at the latest with the next [#flush]; earlier where much has
    /// come together. Of a client that does not take that no more is read.
    void send(ByteBuf run) {
        channel.write(run, channel.voidPromise());
        if (!channel.isWritable()) {
            channel.flush();
            if (!channel.isWritable()) {
                readNoMore();
            }
        }
    }

    void flush() {
        channel.flush();
    }

    /// Is told something between two replies.
    void hear(Complaint news) {
        if (in && !ended) {
            lifeline.told(System.nanoTime());
            channel.writeAndFlush(news.encodedAsWarning(channel.alloc()));
        }
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    /// What it has not taken of its answers.
    Backlog backlog() {
        return backlog;
    }

    private void taken() {
        ServerSession joined = seat.server();
        if (joined != null) {
            joined.settle();
        }
    }

    // --- parting

    /// A part of a message was sent on: the rest must follow on the same connection.
    boolean isInMessage() {
        return requests.isInMessage();
    }

    /// Whether it keeps its connection until it leaves.
    boolean isPinned() {
        return requests.isPinned() || (in && mode == PoolMode.SESSION);
    }

    /// Whether it may have no transaction of several statements.
    boolean isBoundToStatements() {
        return mode == PoolMode.STATEMENT;
    }

    /// With what it began.
    SessionState start() {
        return start;
    }

    SessionState state() {
        return state;
    }

    /// The connection goes to somebody else.
    void part(SessionState left) {
        seat.leave();
        state = left;
        idleSinceNanos = System.nanoTime();
        lifeline.told(idleSinceNanos);
        readOn();
        endIfDismissed();
    }

    /// The connection has ended.
    ///
    /// @param told whether the client knows why
    /// @param inMessage whether half a message was sent to it
    void serverLost(Complaint reason, boolean told, boolean inMessage) {
        seat.leave();
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

    /// The connection has ended before it was sent anything of this client, which takes another
    /// one: in a moment, when those are known that have ended at the same time.
    void serverMissed(Complaint reason) {
        seat.leave();
        misses++;
        if (misses > MISSES_MAXIMUM) {
            fail(reason);
        } else {
            channel.eventLoop().execute(this::seekAnew);
        }
    }

    private void seekAnew() {
        if (!ended && seat.isEmpty()) {
            if (in) {
                resume();
            } else {
                logIn();
            }
        }
    }

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public void cancel(Runnable atItsEnd) {
        ServerSession joined = seat.server();
        if (joined == null || !seat.isServed() || !joined.exchange().isOwing()) {
            atItsEnd.run();
        } else {
            joined.cancel(atItsEnd);
        }
    }

    /// Looks whether it was idle for too long, or has vanished with the last that it was told.
    /// (While it has a server connection, that one looks.)
    @Override
    public void tick(Timeouts bounds, long now) {
        if (!in || seat.server() != null) {
            return;
        }
        Duration idle = bounds.clientIdle();
        if (seat.isEmpty() && idle.isPositive() && now - idleSinceNanos >= idle.toNanos()) {
            fail(Complaints.clientIdle(idle));
        } else if (lifeline.isOpen(now) && isCut(bounds.unreachable(), now)) {
            vanish(Complaints.silence(bounds.unreachable()));
        }
    }

    /// Whether its machine acknowledges nothing any more.
    boolean isCut(Duration bound, long now) {
        return lifeline.isCut(bound, now);
    }

    /// Its machine is not to be reached any more: it can be told nothing.
    void vanish(String how) {
        if (!ended) {
            destination.clientVanished(channel.remoteAddress(), how);
            end();
            channel.close();
        }
    }

    @Override
    public void endIfDismissed() {
        Complaint farewell = destination.farewell();
        ServerSession joined = seat.server();
        boolean done = joined == null ? seat.isEmpty() : joined.isAtRest();
        if (farewell != null && in && done) {
            fail(farewell);
        }
    }

    @Override
    public void fail(Complaint reason) {
        if (!ended) {
            close(reason.encoded(channel.alloc()));
        }
    }

    private void close(ByteBuf lastWords) {
        ServerSession joined = seat.server();
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
        requests.end();
        switchboard.leave(this, key);
        destination.clientLeft(this);
        ServerSession joined = seat.leave();
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
        if (Lifeline.isLoss(cause)) {
            vanish(Complaints.noAnswer());
        }
        Mishaps.end(context, cause, () -> fail(Complaints.ownFault()));
    }
}
