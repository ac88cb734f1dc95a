package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.FirstPacket;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.scram.ClientKeys;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.settings.Timeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A client that replicates: it has a server connection of its own, which was opened for it as it
/// has asked, and ends with it. No pool has a part in that. What either side sends goes on as it
/// is; where one takes no more, the other is read no more.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ReplicationSession extends ChannelInboundHandlerAdapter implements Session {

    private static final Logger log = LoggerFactory.getLogger(ReplicationSession.class);
    private static final long TRY_AGAIN_MILLIS = 500;

    /// Codes of a server that is starting, stopping or has been restarted: it may let the next one
    /// in.
    private static final String PASSING = "57P";

    private final Switchboard switchboard;
    private final FirstPacket.Session packet;
    private DatabaseSettings leadsTo;
    private final StartupSettings wished;
    private final @Nullable ClientKeys keys;
    private final Channel channel;
    private final Lifeline lifeline;
    private final CancelKey key;
    private @Nullable ReplicationAttempt attempt;

    /// There from when the client is let in to its end.
    private @Nullable ReplicationLink link;

    /// What has come before the server was there.
    private @Nullable ByteBuf early;

    private String problem = "";

    /// Whether it tries again by itself in a moment.
    private boolean waiting;

    private boolean ended;

    /// @param leadsTo what the database's name means
    /// @param wished the settings that the packet asks for
    /// @param keys what the client has proven itself by; null when it did not have to
    ReplicationSession(
            Switchboard switchboard,
            FirstPacket.Session packet,
            DatabaseSettings leadsTo,
            StartupSettings wished,
            @Nullable ClientKeys keys,
            Channel channel) {
        this.switchboard = switchboard;
        this.packet = packet;
        this.leadsTo = leadsTo;
        this.wished = wished;
        this.keys = keys;
        this.channel = channel;
        this.lifeline = new Lifeline(channel);
        this.key = switchboard.enter(this, packet.takesLongKeys());
    }

    // --- login

    /// @param rest what came behind the first packet
    void logIn(@Nullable ByteBuf rest) {
        early = rest;
        readNoMore();
        connect();
    }

    /// To where the database is by now: settings and primary may have changed since it came in.
    private void connect() {
        DatabaseSettings now = switchboard.destinations().database(packet.database());
        if (now == null) {
            fail(Complaints.databaseGone());
            return;
        }
        leadsTo = now;
        ServerAddress server = switchboard.whereabouts().of(leadsTo.server());
        if (server == null) {
            problem = Complaints.noPrimary(switchboard.whereabouts().leadership().epoch());
            tryAgain();
        } else {
            var begun =
                    new ReplicationAttempt(
                            switchboard,
                            this,
                            ServerPath.to(
                                    server, switchboard.reception().encryption(leadsTo.tls())));
            attempt = begun;
            begun.begin();
        }
    }

    private void tryAgain() {
        if (!waiting) {
            waiting = true;
            channel.eventLoop().schedule(this::connectNow, TRY_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /// Unless it has been done meanwhile.
    private void connectNow() {
        waiting = false;
        if (!ended && link == null && attempt == null) {
            connect();
        }
    }

    /// What the server is told at the beginning.
    Map<String, String> startup() {
        Map<String, String> parameters = new LinkedHashMap<>(wished.values());
        parameters.put("user", packet.user());
        parameters.put("database", Messages.utf8(leadsTo.database()));
        parameters.put("replication", packet.parameters().getOrDefault("replication", "false"));
        return parameters;
    }

    @Nullable ClientKeys keys() {
        return keys;
    }

    /// The server does not take the keys: the role's password was changed.
    void keysRefused() {
        Reception.text(packet.user())
                .ifPresent(name -> switchboard.reception().forget(leadsTo, name));
    }

    boolean isFit(Map<String, String> reported) {
        return Whereabouts.isFit(leadsTo.server(), reported);
    }

    /// The server has let the client in.
    void linked(ReplicationLink ready, Map<String, String> reported) {
        attempt = null;
        link = ready;
        switchboard.loggedIn(channel);
        channel.writeAndFlush(Messages.welcome(channel.alloc(), reported, key));
        ByteBuf first = early;
        early = null;
        if (first != null) {
            ready.send(first);
            ready.flush();
        }
        if (ready.isWritable()) {
            readOn();
        }
        endIfDismissed();
    }

    /// There is no server connection.
    ///
    /// @param error by which the server has refused; null for any other reason
    void notLinked(String reason, @Nullable ErrorFields error) {
        attempt = null;
        log.warn(
                "no connection for replication to {} of {}: {}",
                leadsTo.database(),
                leadsTo.server(),
                Printable.of(reason));
        switchboard.whereabouts().doubt(leadsTo.server());
        problem = reason;
        if (error != null && !error.sqlState().startsWith(PASSING)) {
            close(error.encodedAsFatal(channel.alloc()));
        } else {
            tryAgain();
        }
    }

    @Override
    public void failLogin() {
        fail(Complaints.clientLogin(switchboard.settings().timeouts().clientLogin(), problem));
    }

    // --- passing on

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        ReplicationLink joined = link;
        if (ended) {
            bytes.release();
        } else if (joined != null) {
            joined.send(bytes);
        } else {
            // Nothing is read meanwhile: this is the rest of what was decrypted at once.
            early = early == null ? bytes : Unpooled.wrappedBuffer(early, bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ReplicationLink joined = link;
        if (joined != null) {
            joined.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ReplicationLink joined = link;
        if (joined != null) {
            joined.read(channel.isWritable());
        }
    }

    void send(ByteBuf run) {
        channel.write(run, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    void readOn() {
        channel.config().setAutoRead(true);
    }

    void readNoMore() {
        channel.config().setAutoRead(false);
    }

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public void cancel(Runnable atItsEnd) {
        ReplicationLink joined = link;
        if (joined != null) {
            joined.cancel(atItsEnd);
        } else {
            atItsEnd.run();
        }
    }

    // --- parting

    @Override
    public void tick(Timeouts bounds, long now) {
        ReplicationLink joined = link;
        if (joined == null) {
            return;
        }
        String silence = Complaints.silence(bounds.unreachable());
        if (lifeline.isCut(bounds.unreachable(), now)) {
            vanish(silence);
        } else if (joined.isCut(bounds.unreachable(), now)) {
            serverVanished(silence);
        }
    }

    @Override
    public void primaryChanged() {
        if (leadsTo.server() instanceof ServerChoice.Fixed) {
            return;
        }
        ReplicationAttempt former = attempt;
        if (link != null) {
            fail(Complaints.notPrimary());
        } else if (former != null) {
            former.giveUp();
            attempt = null;
            connect();
        }
    }

    @Override
    public void endIfDismissed() {
        ReplicationLink joined = link;
        if (joined != null && joined.isInterruptible()) {
            if (switchboard.isDraining()) {
                fail(Complaints.stopping());
            } else if (switchboard.destinations().database(packet.database()) == null) {
                fail(Complaints.databaseGone());
            }
        }
    }

    /// The server's machine is not to be reached any more.
    void serverVanished(String how) {
        log.warn(
                "a connection for replication to {} of {} has ended: its machine {}",
                leadsTo.database(),
                leadsTo.server(),
                how);
        fail(Complaints.serverVanished(how));
    }

    private void vanish(String how) {
        if (!ended) {
            log.info(
                    "a client has vanished that replicates: {} at {}: its machine {}",
                    Printable.of(packet.user()),
                    leadsTo.database(),
                    how);
            end();
            channel.close();
        }
    }

    /// The server connection has ended.
    ///
    /// @param told whether the client knows why
    void serverLost(Complaint reason, boolean told) {
        if (!ended) {
            close(told ? Unpooled.EMPTY_BUFFER : reason.encoded(channel.alloc()));
        }
    }

    @Override
    public void fail(Complaint reason) {
        if (!ended) {
            close(reason.encoded(channel.alloc()));
        }
    }

    private void close(ByteBuf lastWords) {
        ReplicationLink joined = link;
        boolean inMessage = joined != null && joined.isInMessage();
        end();
        if (inMessage) {
            lastWords.release();
            channel.close();
        } else {
            LastWords.say(channel, lastWords);
        }
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        switchboard.leave(this, key);
        switchboard.destinations().leave(packet.database(), packet.user());
        ReplicationLink joined = link;
        link = null;
        if (joined != null) {
            joined.close();
        }
        if (attempt != null) {
            attempt.giveUp();
        }
        if (early != null) {
            early.release();
            early = null;
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
