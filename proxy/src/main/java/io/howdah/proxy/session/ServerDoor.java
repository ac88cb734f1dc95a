package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.encryption.Encrypted;
import io.howdah.proxy.encryption.ServerTls;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.settings.ServerTlsMode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A connection to a server until it is encrypted, or need not be: then whoever wanted it takes
/// over. Nothing is said before that but the request for TLS, and of what the server says only one
/// byte is believed.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ServerDoor extends ChannelInboundHandlerAdapter {

    /// Who goes in.
    interface Guest {

        /// The connection is as it should be.
        ///
        /// @param binding what ties a login to it; empty for nothing
        /// @param left how much of the bound is left
        /// @return what takes over
        ChannelHandler enter(byte[] binding, Duration left);

        /// It is not, and is closed.
        void stayOut(String reason);
    }

    private final ServerAddress server;
    private final ServerTls tls;
    private final Duration bound;
    private final Guest guest;
    private @Nullable Encrypted encrypted;
    private String problem = "the server closed the connection before it was encrypted";
    private long openedNanos;
    private boolean done;

    ServerDoor(ServerAddress server, ServerTls tls, Duration bound, Guest guest) {
        this.server = server;
        this.tls = tls;
        this.bound = bound;
        this.guest = guest;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        openedNanos = System.nanoTime();
        if (tls.mode() == ServerTlsMode.DISABLE || server instanceof ServerAddress.UnixSocket) {
            enter(context, new byte[0]);
            return;
        }
        context.writeAndFlush(Messages.tlsRequest(context.alloc()));
        context.executor()
                .schedule(
                        () ->
                                stayOut(
                                        context,
                                        "the server did not answer the login within "
                                                + bound.toMillis()
                                                + "ms"),
                        bound.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (done || !bytes.isReadable()) {
                return;
            }
            byte answer = bytes.readByte();
            if (encrypted != null || bytes.isReadable()) {
                // Unencrypted, it may be anybody's (CVE-2021-23222).
                stayOut(context, "the server sent data before the connection was encrypted");
            } else {
                answered(context, answer);
            }
        } finally {
            bytes.release();
        }
    }

    private void answered(ChannelHandlerContext context, byte answer) {
        switch (answer) {
            case 'S' -> {
                if (server instanceof ServerAddress.Tcp tcp) {
                    Encrypted begun = tls.connect(context.alloc(), tcp);
                    encrypted = begun;
                    context.pipeline().addFirst("tls", begun.handler());
                }
            }
            case 'N' -> {
                if (tls.mode() == ServerTlsMode.PREFER) {
                    enter(context, new byte[0]);
                } else {
                    stayOut(context, "the server does not encrypt, and 'tls' demands it");
                }
            }
            // An error in plain text may be anybody's: its words are not shown (CVE-2024-10977).
            default -> stayOut(context, "the server answered the request for TLS with an error");
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        Encrypted begun = encrypted;
        if (begun != null && event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                enter(context, begun.endPoint());
            } else {
                stayOut(context, "no TLS with the server: " + handshake.cause().getMessage());
            }
        }
    }

    private void enter(ChannelHandlerContext context, byte[] binding) {
        if (!done) {
            done = true;
            Duration left = bound.minusNanos(System.nanoTime() - openedNanos);
            context.pipeline().replace(this, "login", guest.enter(binding, left));
        }
    }

    private void stayOut(ChannelHandlerContext context, String reason) {
        if (!done) {
            done = true;
            context.close();
            guest.stayOut(reason);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stayOut(context, problem);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        problem = String.valueOf(cause.getMessage());
        Mishaps.end(context, cause);
    }
}
