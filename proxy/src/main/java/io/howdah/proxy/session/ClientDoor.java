package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.FirstPacket;
import io.howdah.proxy.protocol.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// A connection from its first byte to its StartupMessage: at most one request for each kind of
/// encryption (which there is none of yet), and nothing sent ahead of our answer to it; or a cancel
/// request.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ClientDoor extends ChannelInboundHandlerAdapter {

    private static final int SHORTEST_BYTES = 8;

    private final Switchboard switchboard;
    private @Nullable ByteBuf kept;
    private boolean tlsRefused;
    private boolean gssRefused;
    private boolean done;

    ClientDoor(Switchboard switchboard) {
        this.switchboard = switchboard;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!switchboard.admit(context.channel())) {
            refuse(context, Complaints.tooManyClients(switchboard.settings().maximumClients()));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf arrived = (ByteBuf) message;
        if (done) {
            arrived.release();
            return;
        }
        ByteBuf bytes = arrived;
        if (kept != null) {
            bytes = Unpooled.wrappedBuffer(kept, arrived);
            kept = null;
        }
        try {
            if (bytes.readableBytes() < 4) {
                kept = Unpooled.copiedBuffer(bytes);
                return;
            }
            int length = bytes.getInt(bytes.readerIndex());
            if (length < SHORTEST_BYTES || length > FirstPacket.LONGEST_BYTES) {
                refuse(
                        context,
                        Complaints.malformed("invalid length of startup packet: " + length));
            } else if (bytes.readableBytes() < length) {
                kept = Unpooled.copiedBuffer(bytes);
            } else {
                ByteBuf packet = bytes.readSlice(length).skipBytes(4);
                handle(context, FirstPacket.read(packet), bytes);
            }
        } finally {
            bytes.release();
        }
    }

    private void handle(ChannelHandlerContext context, FirstPacket packet, ByteBuf rest) {
        switch (packet) {
            case FirstPacket.Malformed(String problem) ->
                    refuse(context, Complaints.malformed(problem));
            case FirstPacket.Cancel(int process, int secret) -> {
                done = true;
                // No answer, whether it was right or not, as PostgreSQL does it.
                switchboard.cancel(process, secret, () -> context.close());
            }
            case FirstPacket.TlsRequest _ -> {
                declineEncryption(context, tlsRefused, rest);
                tlsRefused = true;
            }
            case FirstPacket.GssRequest _ -> {
                declineEncryption(context, gssRefused, rest);
                gssRefused = true;
            }
            case FirstPacket.Session session -> begin(context, session, rest);
        }
    }

    private void declineEncryption(ChannelHandlerContext context, boolean again, ByteBuf rest) {
        if (again) {
            refuse(context, Complaints.malformed("encryption was asked for twice"));
        } else if (rest.isReadable()) {
            refuse(
                    context,
                    Complaints.malformed("received unencrypted data after an encryption request"));
        } else {
            context.writeAndFlush(context.alloc().buffer(1).writeByte('N'));
        }
    }

    private void begin(ChannelHandlerContext context, FirstPacket.Session packet, ByteBuf rest) {
        String user = packet.parameters().getOrDefault("user", "");
        String database = packet.parameters().getOrDefault("database", user);
        String replication = packet.parameters().getOrDefault("replication", "false");
        Destination destination = user.isEmpty() ? null : switchboard.destination(database, user);
        if (user.isEmpty()) {
            refuse(context, Complaints.noUser());
        } else if (!replication.matches("false|off|no|0")) {
            refuse(context, Complaints.replication());
        } else if (destination == null) {
            refuse(context, Complaints.unknownDatabase(database));
        } else {
            enter(context, packet, destination, rest);
        }
    }

    private void enter(
            ChannelHandlerContext context,
            FirstPacket.Session packet,
            Destination destination,
            ByteBuf rest) {
        StartupSettings settings;
        try {
            settings = StartupSettings.of(packet.parameters());
        } catch (StartupSettings.RefusedException e) {
            refuse(context, e.complaint());
            return;
        }
        if (packet.minorVersion() > 0 || !packet.protocolOptions().isEmpty()) {
            context.write(Messages.negotiation(context.alloc(), packet.protocolOptions()));
        }
        done = true;
        var session = new ClientSession(switchboard, destination, settings, context.channel());
        context.pipeline().replace(this, "session", session);
        session.logIn();
        if (rest.isReadable()) {
            session.receive(rest.retain());
        }
    }

    private void refuse(ChannelHandlerContext context, Complaint complaint) {
        done = true;
        context.writeAndFlush(complaint.encoded(context.alloc()))
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        done = true;
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
