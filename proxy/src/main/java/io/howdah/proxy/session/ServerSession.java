package io.howdah.proxy.session;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.statement.Desk;
import io.howdah.proxy.statement.ParsingSettings;
import io.howdah.proxy.statement.ServerStatements;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A server connection that is logged in: joined to one client at a time, between two clients in
/// the pool. It knows when it is free again, and puts settings right for the next client.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ServerSession extends ChannelInboundHandlerAdapter implements Desk {

    /// For so long a client may send new requests ahead of the answers to former ones though others
    /// wait: it would never be done.
    private static final long TURN_NANOS = Duration.ofMillis(100).toNanos();

    private final Destination destination;
    private final Channel channel;
    private final Cancels cancels;
    private final ServerStatements statements;
    private final Exchange exchange;
    private final WorkTimes times;
    private final Lifeline lifeline;
    private final Watch watch;
    private final Fitting fitting;
    private final StateReports reports;
    private final ReplyStream replies;

    private @Nullable ClientSession client;
    private boolean ended;
    private boolean abandoned;

    /// @param path by which it was opened
    /// @param reported at the login
    ServerSession(
            Destination destination,
            Channel channel,
            ServerPath path,
            CancelKey key,
            Map<String, String> reported) {
        this.destination = destination;
        this.channel = channel;
        this.cancels =
                new Cancels(
                        atItsEnd -> destination.cancel(path, key, atItsEnd),
                        this::isWorking,
                        this::cancelEnded);
        this.statements = destination.statementsOfServer();
        this.exchange = new Exchange(statements);
        this.times = new WorkTimes(exchange);
        this.fitting = new Fitting(this, channel, destination.user(), reported);
        this.reports = new StateReports(this, destination.welcomes(), fitting);
        this.replies = new ReplyStream(this, exchange, reports, fitting.errands());
        this.lifeline = new Lifeline(channel);
        this.watch = new Watch(this, lifeline, fitting, times, cancels);
    }

    @Override
    public Exchange exchange() {
        return exchange;
    }

    @Override
    public ServerStatements statements() {
        return statements;
    }

    @Override
    public ParsingSettings parsingSettings() {
        return fitting.parsingSettings();
    }

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    Watch watch() {
        return watch;
    }

    /// Whether the server has not closed it, which may not have been heard of yet.
    boolean isThere() {
        return lifeline.isConnected();
    }

    // --- joining

    /// Whether the server does something that can be cancelled.
    private boolean isWorking() {
        return !ended && exchange.isOwing();
    }

    /// Serves a client from now on.
    ///
    /// @return whether it may send at once; else its settings are put right first
    boolean takeOn(ClientSession taken) {
        client = taken;
        replies.begin();
        times.taken(System.nanoTime());
        return fitting.fit(taken);
    }

    @Nullable ClientSession client() {
        return client;
    }

    /// Whether nobody wants it any more: it ends as soon as it can.
    boolean isAbandoned() {
        return abandoned;
    }

    /// Whether a client hears what the server says now.
    boolean isListenedTo() {
        return client != null && !fitting.isUnderWay();
    }

    /// The settings are this client's, or nobody's.
    void fitted() {
        ClientSession joined = client;
        if (joined == null) {
            comeBack();
        } else {
            joined.goOn();
        }
    }

    /// What the client takes along is known: it parts. What it has sent meanwhile is asked where it
    /// goes next, under the settings that it has then.
    void asked() {
        ClientSession joined = client;
        if (joined == null) {
            comeBack();
            return;
        }
        settle();
        if (joined.equals(client)) {
            joined.goOn();
        } else {
            joined.seekOn();
        }
    }

    /// A client that was not in yet may begin here.
    void begun(ClientSession joined, Welcome welcome) {
        destination.welcomes().remember(joined.wished(), fitting.unnamed(welcome));
        settle();
        joined.welcome(welcome);
    }

    /// The settings could not be put right.
    void unfit(ErrorFields error) {
        ClientSession joined = client;
        client = null;
        terminate();
        if (joined != null) {
            joined.serverLost(Complaints.notPutBack(error.message()), false, false);
        }
    }

    // --- from the client

    void send(ByteBuf run) {
        times.sent(System.nanoTime());
        channel.write(run, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    /// Whether the client's next request may be sent, and not have to wait: of a client that may
    /// have no transaction until the one before is known to have begun none.
    boolean isTakingRequests() {
        return isTaking() && !(isBetweenRequests() && isBoundToStatements());
    }

    private boolean isBoundToStatements() {
        ClientSession joined = client;
        return joined != null && joined.isBoundToStatements();
    }

    private boolean isTaking() {
        return !exchange.isFull()
                && !cancels.isHolding()
                && !(isBetweenRequests() && isOthersTurn());
    }

    /// Whether the server answers all that it was sent without hearing any more from the client.
    private boolean isBetweenRequests() {
        ClientSession joined = client;
        return exchange.isBetweenRequests() && joined != null && !joined.isInMessage();
    }

    /// Whether the client, that has had its turn, has to part as soon as it is between two
    /// transactions, as others wait. So its next request is not sent ahead of the answers.
    private boolean isOthersTurn() {
        ClientSession joined = client;
        return joined != null
                && times.isHeldFor(TURN_NANOS)
                && destination.isAwaited(System.nanoTime())
                && !isKept(joined);
    }

    /// Whether more should be read of the client.
    boolean isTakingMore() {
        return channel.isWritable() && isTaking();
    }

    /// The client takes more again.
    void readOn() {
        if (!channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    // --- from the server

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (ended) {
            ((ByteBuf) message).release();
            return;
        }
        replies.read((ByteBuf) message);
        Complaint reason = replies.broken();
        if (reason != null) {
            giveUp(reason);
        }
    }

    /// A part of its replies that the client may have.
    void reply(ByteBuf run) {
        ClientSession joined = client;
        if (joined == null) {
            run.release();
        } else {
            joined.send(run);
            if (!joined.isWritable()) {
                // Not only when all is read that has come by now: that may be many buffers.
                channel.config().setAutoRead(false);
            }
        }
    }

    /// The server is ready for the next request.
    ///
    /// @return why that cannot be gone on with; null when it can
    @Nullable Complaint ready(byte status) {
        reports.ready();
        times.ready(System.nanoTime());
        cancels.ready();
        statements.ready(this);
        return status != 'I' && isBoundToStatements()
                ? Complaints.transactionInStatementMode()
                : null;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ClientSession joined = client;
        if (joined == null) {
            if (!ended && (exchange.isDoubtful() || exchange.isUnsure())) {
                terminate();
            }
            return;
        }
        if (exchange.isUnsure() && !replies.isInMessage()) {
            giveUp(Complaints.syncAmongData());
            return;
        }
        times.answered(System::nanoTime);
        joined.flush();
        if (!joined.isWritable()) {
            channel.config().setAutoRead(false);
        }
        letGoOn(joined);
    }

    /// What the client has sent may go on, and what has waited for that.
    private void letGoOn(ClientSession joined) {
        if (isTakingMore()) {
            joined.readOn();
        }
        if (joined.isHeld() && isOthersTurn()) {
            settle();
        }
        joined.heard();
        settle();
    }

    /// A cancel request has reached its end.
    private void cancelEnded() {
        ClientSession joined = client;
        if (joined != null) {
            letGoOn(joined);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ClientSession joined = client;
        if (joined != null && isTakingMore()) {
            joined.readOn();
        }
    }

    /// A message was sent to the client in part.
    boolean isInMessage() {
        return replies.isInMessage();
    }

    // --- parting

    /// Parts from the client when its work here is done; one that keeps the connection leaves then
    /// where it may not stay.
    void settle() {
        ClientSession joined = client;
        if (joined == null || !isDone(joined)) {
            return;
        }
        if (isKept(joined)) {
            joined.endIfDismissed();
        } else if (!joined.backlog().isBearable()) {
            // It stays until it has taken its answers.
            joined.endIfDismissed();
        } else if (fitting.ask()) {
            joined.pause();
        } else {
            client = null;
            joined.part(fitting.state(joined));
            comeBack();
        }
    }

    /// Whether nothing is under way for the client.
    boolean isAtRest() {
        ClientSession joined = client;
        return joined != null && isDone(joined);
    }

    /// Whether others wait for this connection, and nothing is under way on it.
    boolean isMissed(long now) {
        return isAtRest() && destination.isAwaited(now);
    }

    /// Whether nothing is under way any more, in either direction.
    private boolean isDone(ClientSession joined) {
        return exchange.isFree()
                && !fitting.isUnderWay()
                && !cancels.areUnderWay()
                && !joined.isInMessage()
                && !replies.isInMessage();
    }

    /// Whether the client keeps this connection even so.
    private boolean isKept(ClientSession joined) {
        return joined.isPinned() || !fitting.canMove();
    }

    private void comeBack() {
        if (ended) {
            // What was still to be done for a client that has left is heard of after that.
            return;
        }
        readOn();
        if (cancels.areUnsure()) {
            terminate();
        } else {
            destination.returned(this);
        }
    }

    /// The client has left; what it was doing is nobody's any more.
    void clientLeft() {
        ClientSession left = client;
        client = null;
        if (left != null
                && ((fitting.isUnderWay() && !left.isIn()) || fitting.errands().isAsking())) {
            // Its settings are being tried, or asked for; the pool takes the connection then.
            readOn();
            return;
        }
        if (left == null || !isDone(left)) {
            abandon(left != null && left.isInMessage());
        } else if (isKept(left)) {
            readOn();
            fitting.reset();
        } else if (!fitting.ask()) {
            comeBack();
        }
    }

    /// Ends. What the server still works on it ends by itself (`OwnSettings`), but for what waits
    /// for standbys; until then the connection keeps its place, so that no more work is under way
    /// than the pool is large.
    ///
    /// @param inRequest whether the server has half a message, of which a goodbye would be taken
    ///   for the rest
    private void abandon(boolean inRequest) {
        abandoned = true;
        if (isWorking() && !fitting.isUnderWay() && !cancels.isForOverdue()) {
            LastWords.leave(
                    channel,
                    inRequest ? Unpooled.EMPTY_BUFFER : Messages.terminate(channel.alloc()));
        } else {
            terminate(inRequest);
        }
    }

    /// Says goodbye and closes, whatever was going on.
    void terminate() {
        terminate(false);
    }

    private void terminate(boolean inRequest) {
        if (ended) {
            return;
        }
        ended = true;
        statements.end();
        if (inRequest) {
            LastWords.breakOff(channel);
        } else if (destination.isEndAwaited()) {
            LastWords.sayAndWait(channel, Messages.terminate(channel.alloc()));
        } else {
            LastWords.say(channel, Messages.terminate(channel.alloc()));
        }
        destination.lost(this);
    }

    /// Ends now; a client that is joined is told why.
    void giveUp(Complaint reason) {
        ClientSession joined = client;
        boolean inMessage = replies.isInMessage();
        client = null;
        terminate(joined != null && joined.isInMessage());
        if (joined != null) {
            joined.serverLost(reason, false, inMessage);
        }
    }

    /// The same; but a client of which nothing was sent yet takes another connection.
    void giveUpUnlessUnused(Complaint reason) {
        if (client != null && fitting.errands().isForNext()) {
            missed(reason);
        } else {
            giveUp(reason);
        }
    }

    /// It was not ready yet for the client that is joined, which takes another connection.
    void missed(Complaint reason) {
        ClientSession joined = client;
        client = null;
        terminate();
        if (joined != null) {
            joined.serverMissed(reason);
        }
    }

    /// Has the server cancel what it does now. Until the request has reached its end, this
    /// connection serves nobody else.
    void cancel(Runnable atItsEnd) {
        cancels.send(atItsEnd);
    }

    /// Its machine is not to be reached any more.
    void vanish(String how) {
        if (!ended) {
            destination.serverVanished(how);
            giveUp(Complaints.serverVanished(how));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended = true;
        statements.end();
        replies.stop();
        ClientSession joined = client;
        client = null;
        destination.lost(this);
        if (joined != null && fitting.errands().isForNext()) {
            joined.serverMissed(Complaints.serverGone());
        } else if (joined != null) {
            joined.serverLost(Complaints.serverGone(), replies.isTold(), replies.isInMessage());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (Lifeline.isLoss(cause)) {
            vanish(Complaints.noAnswer());
        }
        Mishaps.end(context, cause);
    }
}
