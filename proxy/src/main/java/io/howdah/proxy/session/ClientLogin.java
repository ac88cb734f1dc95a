package io.howdah.proxy.session;

import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.access.Caller;
import io.howdah.proxy.access.Certificate;
import io.howdah.proxy.encryption.Encrypted;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.FirstPacket;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.protocol.Replication;
import io.howdah.proxy.scram.ClientKeys;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.PoolMode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A client that has said who it is, until it has shown that as well as the rules demand. Only then
/// anything is made for it that others could notice.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ClientLogin extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(ClientLogin.class);

    private final Switchboard switchboard;
    private final FirstPacket.Session packet;
    private final @Nullable Encrypted encrypted;
    private final Channel channel;
    private final Caller caller;
    private final PasswordDialogue dialogue;
    private boolean ended;

    /// @param encrypted null for a connection that is not
    ClientLogin(
            Switchboard switchboard,
            FirstPacket.Session packet,
            @Nullable Encrypted encrypted,
            Channel channel) {
        this.switchboard = switchboard;
        this.packet = packet;
        this.encrypted = encrypted;
        this.channel = channel;
        this.caller =
                new Caller(
                        address(channel),
                        encrypted != null,
                        packet.database(),
                        reached(switchboard, packet.database()),
                        isFor(packet, Replication.PHYSICAL),
                        packet.user());
        this.dialogue =
                new PasswordDialogue(
                        channel,
                        encrypted == null ? new byte[0] : encrypted.endPoint(),
                        packet.user(),
                        switchboard.reception(),
                        this);
    }

    private static String reached(Switchboard switchboard, String database) {
        DatabaseSettings leadsTo = switchboard.destinations().database(database);
        return leadsTo == null ? database : Messages.utf8(leadsTo.database());
    }

    private static boolean isFor(FirstPacket.Session packet, Replication replication) {
        return packet.replication().filter(replication::equals).isPresent();
    }

    /// The client's address; one of IPv4 is such a one also where it came over a socket of IPv6, so
    /// that no line for it is passed by.
    private static InetAddress address(Channel channel) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            throw new IllegalStateException("a client without an address");
        }
        try {
            return InetAddress.getByAddress(remote.getAddress().getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of a strange length", e);
        }
    }

    /// @param rest what came behind the first packet
    void begin(@Nullable ByteBuf rest) {
        if (rest != null) {
            dialogue.keep(rest);
        }
        Optional<AccessRules.Demand> demand = switchboard.reception().demandOf(caller);
        if (demand.isEmpty()) {
            refuse(Complaints.noRule(caller));
            return;
        }
        Complaint missing = missing(demand.get().certificate());
        if (missing != null) {
            refuse(missing);
            return;
        }
        switch (demand.get().method()) {
            case TRUST -> enter(null);
            case REJECT -> refuse(Complaints.rejected(caller));
            case SCRAM -> dialogue.begin(this::inquiries);
        }
    }

    private @Nullable Inquiries inquiries() {
        return switchboard
                .reception()
                .inquiries(switchboard.destinations().database(packet.database()));
    }

    private @Nullable Complaint missing(Certificate demanded) {
        if (demanded == Certificate.ANY) {
            return null;
        }
        if (encrypted == null || !encrypted.hasPeerCertificate()) {
            return Complaints.noCertificate();
        }
        Optional<String> role = Reception.text(packet.user());
        boolean fits =
                demanded == Certificate.VERIFIED
                        || (role.isPresent() && role.equals(encrypted.peerName()));
        return fits ? null : Complaints.wrongCertificate(packet.user());
    }

    /// The client may come in.
    ///
    /// @param keys what it has proven itself by; null when it did not have to
    void enter(@Nullable ClientKeys keys) {
        Destinations destinations = switchboard.destinations();
        Complaint crowded = destinations.enter(packet.database(), packet.user());
        if (crowded != null) {
            refuse(crowded);
            return;
        }
        if (!enter(destinations, keys)) {
            destinations.leave(packet.database(), packet.user());
        }
    }

    /// @return whether it is in
    private boolean enter(Destinations destinations, @Nullable ClientKeys keys) {
        DatabaseSettings leadsTo = destinations.database(packet.database());
        if (leadsTo == null) {
            refuse(Complaints.unknownDatabase(packet.database()));
            return false;
        }
        StartupSettings settings;
        try {
            settings = wished();
        } catch (StartupSettings.RefusedException e) {
            refuse(e.complaint());
            return false;
        }
        if (isFor(packet, Replication.NONE)) {
            begin(destinations.of(leadsTo, packet.database(), packet.user()), settings, keys);
            return true;
        }
        PoolMode mode = leadsTo.poolOf(Reception.text(packet.user()).orElse(packet.user())).mode();
        if (mode != PoolMode.SESSION) {
            refuse(Complaints.replicationInPool(mode));
            return false;
        }
        replicate(leadsTo, settings, keys);
        return true;
    }

    private void begin(
            Destination destination, StartupSettings settings, @Nullable ClientKeys keys) {
        ended = true;
        if (keys != null) {
            destination.proven(keys);
        }
        ByteBuf rest = dialogue.end();
        var session =
                new ClientSession(
                        switchboard, destination, settings, packet.takesLongKeys(), channel);
        channel.pipeline().replace(this, "session", session);
        session.logIn();
        if (rest != null) {
            session.receive(rest);
        }
    }

    private void replicate(
            DatabaseSettings leadsTo, StartupSettings settings, @Nullable ClientKeys keys) {
        ended = true;
        ByteBuf rest = dialogue.end();
        var session = new ReplicationSession(switchboard, packet, leadsTo, settings, keys, channel);
        channel.pipeline().replace(this, "session", session);
        session.logIn(rest);
    }

    private StartupSettings wished() throws StartupSettings.RefusedException {
        StartupSettings asked = StartupSettings.of(packet.parameters());
        // a standby is known by its name (synchronous_standby_names)
        return switchboard.settings().applicationNameAddHost()
                        && isFor(packet, Replication.NONE)
                        && channel.remoteAddress() instanceof InetSocketAddress remote
                ? asked.from(
                        NetUtil.toSocketAddressString(
                                new InetSocketAddress(caller.address(), remote.getPort())))
                : asked;
    }

    /// The client does not come in.
    void refuse(Complaint complaint) {
        if (!ended) {
            ended = true;
            log.info(
                    "refused {} as {} to {}: {}{}",
                    caller.address().getHostAddress(),
                    Printable.of(packet.user()),
                    Printable.of(packet.database()),
                    Printable.of(complaint.message()),
                    dialogue.reason().isEmpty() ? "" : "; " + dialogue.reason());
            release();
            LastWords.say(channel, complaint.encoded(channel.alloc()));
        }
    }

    /// It has taken too long.
    void expire(Duration bound) {
        refuse(Complaints.clientLogin(bound, dialogue.problem()));
    }

    boolean isEnded() {
        return ended;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (ended) {
            bytes.release();
        } else {
            dialogue.read(bytes);
        }
    }

    private void release() {
        ByteBuf rest = dialogue.end();
        if (rest != null) {
            rest.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended = true;
        release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Mishaps.end(context, cause);
    }
}
