package io.howdah.proxy.session;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.MessageCutter;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.howdah.proxy.protocol.MessageLengths;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.settings.PoolMode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A server connection that is logged in: joined to one client at a time, between two clients in
/// the pool. It passes replies on, knows from them when it is free again, and puts settings right
/// for the next client.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ServerSession extends ChannelInboundHandlerAdapter implements MessageCutter.Receiver {

    private static final int REPORT_MAXIMUM_BYTES = 64 * 1024;

    /// What a request of our own is for.
    private enum Errand {
        NONE,
        LOGIN,
        PUT_BACK,
        RESET
    }

    private final Destination destination;
    private final Channel channel;
    private final ServerKey key;
    private final Exchange exchange = new Exchange();
    private final MessageCutter cutter = new MessageCutter(this);
    private final ServerSettings settings;

    private @Nullable ClientSession client;
    private Errand errand = Errand.NONE;
    private @Nullable ErrorFields ownError;
    private @Nullable Complaint broken;
    private boolean told;
    private boolean ended;
    private int cancels;
    private long quietSinceNanos;

    /// @param reported at the login
    ServerSession(
            Destination destination, Channel channel, ServerKey key, Map<String, String> reported) {
        this.destination = destination;
        this.channel = channel;
        this.key = key;
        this.settings = new ServerSettings(destination.user(), reported);
    }

    Exchange exchange() {
        return exchange;
    }

    // --- joining

    /// Serves a client from now on.
    ///
    /// @return whether it may send at once; else its settings are put right first
    boolean takeOn(ClientSession taken) {
        client = taken;
        told = false;
        quietSinceNanos = System.nanoTime();
        if (!taken.isIn()) {
            run(Errand.LOGIN, settings.toBegin(taken.wished()));
            return false;
        }
        String script = settings.toPutBack(taken.state());
        if (script.isEmpty()) {
            settings.become(taken.state());
            return true;
        }
        run(Errand.PUT_BACK, script);
        return false;
    }

    private void run(Errand what, String sql) {
        errand = what;
        ownError = null;
        if (sql.isEmpty()) {
            channel.eventLoop().execute(this::errandDone);
        } else {
            exchange.sendOwn();
            channel.writeAndFlush(Messages.query(channel.alloc(), sql), channel.voidPromise());
        }
    }

    private void errandDone() {
        Errand done = errand;
        ClientSession joined = client;
        errand = Errand.NONE;
        if (done == Errand.RESET) {
            resetDone();
        } else if (joined == null) {
            comeBack();
        } else if (done == Errand.LOGIN) {
            loginDone(joined);
        } else if (done == Errand.PUT_BACK) {
            putBackDone(joined);
        }
    }

    private void loginDone(ClientSession joined) {
        if (ownError != null) {
            joined.refuse(ownError);
            return;
        }
        Welcome welcome = settings.begun(joined.wished());
        destination.remember(joined.wished(), welcome);
        settle();
        joined.welcome(welcome);
    }

    private void putBackDone(ClientSession joined) {
        if (ownError != null) {
            String reason = ownError.message();
            client = null;
            terminate();
            joined.serverLost(Complaints.notPutBack(reason), false, false);
            return;
        }
        settings.become(joined.state());
        joined.goOn();
    }

    private void resetDone() {
        if (ownError != null || !exchange.isFree()) {
            terminate();
        } else {
            settings.reset();
            destination.returned(this);
        }
    }

    // --- from the client

    void send(ByteBuf run) {
        quietSinceNanos = System.nanoTime();
        channel.write(run, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    boolean isTakingMore() {
        return channel.isWritable() && !exchange.isFull();
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
        cutter.read((ByteBuf) message);
        Complaint reason = broken;
        if (reason != null) {
            giveUp(reason);
        }
    }

    @Override
    public Cut begin(byte type, int length, ByteBuf bytes, int body, int present) {
        if (!MessageLengths.isPossibleFromServer(length)) {
            return doubt();
        }
        if (type == 'Z' || type == 'S') {
            return length > REPORT_MAXIMUM_BYTES ? doubt() : Cut.WHOLE;
        }
        if (type == 'E' && exchange.isAnsweringOwn()) {
            return length > REPORT_MAXIMUM_BYTES ? doubt() : Cut.WHOLE;
        }
        told = type == 'E';
        return switch (exchange.serverSends(type)) {
            case PASS -> Cut.FORWARD;
            case DROP -> Cut.DROP;
            case DOUBT -> doubt();
        };
    }

    @Override
    public Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
        boolean own = exchange.isAnsweringOwn();
        switch (type) {
            case 'S' -> {
                if (!report(bytes, body, body + bodyBytes)) {
                    return doubt();
                }
            }
            case 'E' -> {
                exchange.serverSends(type);
                ownError = ErrorFields.read(bytes, body, bodyBytes);
            }
            default -> {
                return ready(bodyBytes == 1 ? bytes.getByte(body) : 0);
            }
        }
        return own ? Cut.DROP : Cut.FORWARD;
    }

    private Cut ready(byte status) {
        told = false;
        quietSinceNanos = System.nanoTime();
        return switch (exchange.serverReady(status)) {
            case PASS -> {
                if (status != 'I' && destination.mode() == PoolMode.STATEMENT) {
                    broken = Complaints.transactionInStatementMode();
                }
                yield Cut.FORWARD;
            }
            case DROP -> {
                channel.eventLoop().execute(this::errandDone);
                yield Cut.DROP;
            }
            case DOUBT -> doubt();
        };
    }

    private boolean report(ByteBuf bytes, int body, int end) {
        boolean asked = client != null || errand != Errand.NONE;
        String name = settings.read(bytes, body, end, asked);
        if (name != null && !(asked && SessionState.isSettable(name))) {
            destination.forgetWelcomes();
        }
        return name != null;
    }

    private Cut doubt() {
        broken = Complaints.doubt();
        return Cut.STOP;
    }

    @Override
    public void forward(ByteBuf run) {
        ClientSession joined = client;
        if (joined == null) {
            run.release();
        } else {
            joined.send(run);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ClientSession joined = client;
        if (joined == null) {
            if (exchange.isDoubtful()) {
                terminate();
            }
            return;
        }
        joined.flush();
        if (!joined.isWritable()) {
            channel.config().setAutoRead(false);
        }
        if (isTakingMore()) {
            joined.readOn();
        }
        settle();
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
        return cutter.isInMessage();
    }

    // --- parting

    /// Parts from the client when its work here is done.
    void settle() {
        ClientSession joined = client;
        if (joined != null && isDone(joined) && !isKept(joined)) {
            client = null;
            joined.part(settings.state());
            comeBack();
        }
    }

    /// Whether nothing is under way any more, in either direction.
    private boolean isDone(ClientSession joined) {
        return exchange.isFree()
                && errand == Errand.NONE
                && cancels == 0
                && !joined.isInMessage()
                && !cutter.isInMessage();
    }

    /// Whether the client keeps this connection even so.
    private boolean isKept(ClientSession joined) {
        boolean session = destination.mode() == PoolMode.SESSION && joined.isIn();
        return session || joined.isPinned() || !settings.canMove();
    }

    private void comeBack() {
        readOn();
        destination.returned(this);
    }

    /// The client has left; what it was doing is nobody's any more.
    void clientLeft() {
        ClientSession left = client;
        client = null;
        if (errand != Errand.NONE && left != null && !left.isIn()) {
            // Its settings are being tried; the pool takes the connection when that is done.
            return;
        }
        if (left == null || !isDone(left)) {
            terminate();
        } else if (isKept(left)) {
            readOn();
            run(Errand.RESET, "DISCARD ALL");
        } else {
            comeBack();
        }
    }

    /// Says goodbye and closes, whatever was going on.
    void terminate() {
        if (!ended) {
            ended = true;
            LastWords.say(channel, Messages.terminate(channel.alloc()));
            destination.lost(this);
        }
    }

    private void giveUp(Complaint reason) {
        ClientSession joined = client;
        boolean inMessage = cutter.isInMessage();
        client = null;
        terminate();
        if (joined != null) {
            joined.serverLost(reason, false, inMessage);
        }
    }

    /// Has the server cancel what it does now. Until the request has reached its end, this
    /// connection serves nobody else.
    void cancel(Runnable atItsEnd) {
        cancels++;
        destination.cancel(
                key,
                () -> {
                    cancels--;
                    atItsEnd.run();
                    settle();
                });
    }

    /// Looks whether the client holds this connection and asks nothing.
    void tick(Duration idleInTransaction, long now) {
        ClientSession joined = client;
        if (joined == null
                || !joined.isIn()
                || errand != Errand.NONE
                || exchange.isFree()
                || (exchange.isOwing() && !joined.isInMessage())) {
            return;
        }
        if (now - quietSinceNanos >= idleInTransaction.toNanos()) {
            joined.fail(Complaints.idleInTransaction(idleInTransaction));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended = true;
        cutter.stop();
        ClientSession joined = client;
        client = null;
        destination.lost(this);
        if (joined != null) {
            joined.serverLost(Complaints.serverGone(), told, cutter.isInMessage());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
