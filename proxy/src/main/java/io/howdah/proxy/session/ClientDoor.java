package io.howdah.proxy.session;

import io.howdah.proxy.encryption.ClientTls;
import io.howdah.proxy.encryption.Encrypted;
import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.FirstPacket;
import io.howdah.proxy.protocol.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// A connection from its first byte to its StartupMessage: TLS at once, or at most one request for
/// each kind of encryption and nothing sent ahead of our answer to it; or a cancel request.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ClientDoor extends ChannelInboundHandlerAdapter {

    private static final int SHORTEST_BYTES = 8;

    /// The first byte of TLS (a handshake's record), which no packet of PostgreSQL's begins with.
    private static final int TLS_HANDSHAKE = 0x16;

    private final Switchboard switchboard;
    private final @Nullable ClientTls tls;
    private @Nullable ByteBuf kept;
    private @Nullable Encrypted encrypted;
    private boolean begun;
    private boolean tlsAsked;
    private boolean gssAsked;
    private boolean tlsAtOnce;
    private boolean done;

    ClientDoor(Switchboard switchboard) {
        this.switchboard = switchboard;
        this.tls = switchboard.reception().tls();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!switchboard.arrive(context.channel())) {
            refuse(context, Complaints.tooManyClients(switchboard.settings().maximumClients()));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf arrived = (ByteBuf) message;
        if (done || !arrived.isReadable()) {
            arrived.release();
        } else if (!begun && arrived.getByte(arrived.readerIndex()) == TLS_HANDSHAKE) {
            begun = true;
            tlsAtOnce = true;
            encryptAtOnce(context, arrived);
        } else {
            begun = true;
            read(context, arrived);
        }
    }

    private void encryptAtOnce(ChannelHandlerContext context, ByteBuf arrived) {
        ClientTls shown = tls;
        if (shown == null) {
            // Words in the clear would be noise to whoever speaks TLS.
            arrived.release();
            done = true;
            context.close();
        } else {
            encrypt(context, shown);
            context.pipeline().fireChannelRead(arrived);
        }
    }

    private void encrypt(ChannelHandlerContext context, ClientTls shown) {
        Encrypted accepted = shown.accept(context.alloc());
        encrypted = accepted;
        tlsAsked = true;
        gssAsked = true;
        context.pipeline().addFirst("tls", accepted.handler());
    }

    private void read(ChannelHandlerContext context, ByteBuf arrived) {
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
            case FirstPacket.Cancel(CancelKey key) -> {
                done = true;
                // No answer, whether it was right or not, as PostgreSQL does it.
                switchboard.cancel(key, () -> context.close());
            }
            case FirstPacket.TlsRequest _ -> {
                answerRequest(context, tlsAsked, tls, rest);
                tlsAsked = true;
            }
            case FirstPacket.GssRequest _ -> {
                answerRequest(context, gssAsked, null, rest);
                gssAsked = true;
            }
            case FirstPacket.Session session -> begin(context, session, rest);
        }
    }

    private void answerRequest(
            ChannelHandlerContext context, boolean again, @Nullable ClientTls shown, ByteBuf rest) {
        if (again) {
            refuse(context, Complaints.malformed("encryption was asked for twice"));
        } else if (rest.isReadable()) {
            // It would be taken for what was said inside (CVE-2021-23214).
            refuse(
                    context,
                    Complaints.malformed("received unencrypted data after an encryption request"));
        } else {
            context.writeAndFlush(context.alloc().buffer(1).writeByte(shown == null ? 'N' : 'S'));
            if (shown != null) {
                encrypt(context, shown);
            }
        }
    }

    private void begin(ChannelHandlerContext context, FirstPacket.Session packet, ByteBuf rest) {
        if (packet.user().isEmpty()) {
            refuse(context, Complaints.noUser());
        } else if (tls != null && tls.isRequired() && encrypted == null) {
            refuse(context, Complaints.notEncrypted());
        } else if (tlsAtOnce && !speaksPostgres()) {
            refuse(
                    context,
                    Complaints.malformed("direct TLS without the ALPN protocol postgresql"));
        } else if (packet.replication().isEmpty()) {
            refuse(context, Complaints.malformedReplication(packet.parameters()));
        } else if (!switchboard.admit(context.channel())) {
            refuse(context, Complaints.tooManyClients(switchboard.settings().maximumClients()));
        } else {
            enter(context, packet, rest);
        }
    }

    /// Whoever begins with TLS has to say what for: else a browser could be led here.
    private boolean speaksPostgres() {
        return encrypted != null
                && encrypted.protocol().filter(ClientTls.PROTOCOL::equals).isPresent();
    }

    private void enter(ChannelHandlerContext context, FirstPacket.Session packet, ByteBuf rest) {
        if (packet.needsNegotiation()) {
            context.write(
                    Messages.negotiation(
                            context.alloc(), packet.spokenVersion(), packet.protocolOptions()));
        }
        done = true;
        var login = new ClientLogin(switchboard, packet, encrypted, context.channel());
        context.pipeline().replace(this, "login", login);
        login.begin(rest.isReadable() ? rest.retain() : null);
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
        Mishaps.end(context, cause);
    }
}
