package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.MessageCutter;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.scram.ClientKeys;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A server connection from its first packet until the server is ready. Where the server asks for a
/// password, a client of the same role has proven itself before.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ServerLogin extends ChannelInboundHandlerAdapter implements MessageCutter.Receiver {

    /// More than a login ever says.
    private static final int LONGEST_BYTES = 64 * 1024;

    private final Destination destination;
    private final Connector connector;
    private final ServerPath path;
    private final int attempt;
    private final MessageCutter cutter = new MessageCutter(this);
    private final ReportedSettings reported = new ReportedSettings();
    private final @Nullable ClientKeys keys;
    private final ServerProof proof;
    private final Duration left;
    private CancelKey key = new CancelKey(0, "");
    private @Nullable ErrorFields error;
    private String problem = "the server closed the connection during the login";
    private @Nullable Channel opened;
    private boolean admitted;
    private boolean ready;

    /// @param connector is told how it ends
    /// @param path by which it goes
    /// @param attempt when it began, for the connector
    /// @param binding what ties the login to an encrypted connection; empty for nothing
    /// @param left how much time is left for it
    ServerLogin(
            Destination destination,
            Connector connector,
            ServerPath path,
            int attempt,
            byte[] binding,
            Duration left) {
        this.connector = connector;
        this.path = path;
        this.attempt = attempt;
        this.left = left;
        this.destination = destination;
        this.keys = destination.keys();
        this.proof = new ServerProof(keys, binding);
    }

    /// The connection is open, and encrypted where that was demanded.
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        opened = context.channel();
        context.writeAndFlush(Messages.startup(context.alloc(), destination.startup()));
        Duration bound = destination.timeouts().serverConnect();
        context.executor()
                .schedule(() -> expire(context, bound), left.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void expire(ChannelHandlerContext context, Duration bound) {
        if (!ready && context.channel().isActive()) {
            problem = "the server did not answer the login within " + bound.toMillis() + "ms";
            context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        cutter.read((ByteBuf) message);
        if (ready) {
            ServerSession session =
                    new ServerSession(
                            destination,
                            context.channel(),
                            path.foundAt(context.channel().remoteAddress()),
                            key,
                            reported.values());
            context.pipeline().replace(this, "session", session);
            connector.connected(attempt, context.channel(), session, reported.values());
        } else if (cutter.isStopped()) {
            context.close();
        }
    }

    @Override
    public Cut begin(byte type, int length, ByteBuf bytes, int body, int present) {
        if (length < 4 || length > LONGEST_BYTES) {
            problem = "a message of the login has the length " + length;
            return Cut.STOP;
        }
        return Cut.WHOLE;
    }

    @Override
    public Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
        try {
            return understand(type, bytes, body, bodyBytes);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            problem = "a message of the login is damaged: " + e.getMessage();
            return Cut.STOP;
        }
    }

    private Cut understand(byte type, ByteBuf bytes, int body, int bodyBytes) {
        switch (type) {
            case 'R' -> {
                return authentication(bytes, body, bodyBytes);
            }
            case 'S' -> {
                String name = Messages.text(bytes, body, body + bodyBytes);
                int value = body + name.length() + 1;
                if (!reported.put(name, Messages.text(bytes, value, body + bodyBytes))) {
                    problem = "the server reports more settings than any does";
                    return Cut.STOP;
                }
            }
            case 'K' -> {
                if (!CancelKey.isPossible(bodyBytes)) {
                    problem = "a cancel key of " + bodyBytes + " bytes";
                    return Cut.STOP;
                }
                key = CancelKey.read(bytes.slice(body, bodyBytes));
            }
            case 'E' -> {
                error = ErrorFields.read(bytes, body, bodyBytes);
                problem = error.message();
                if (error.sqlState().equals("28P01")
                        && proof.isShown()
                        && destination.keysRefused(keys)) {
                    // Nobody is refused for what somebody else has shown.
                    error = null;
                }
                return Cut.STOP;
            }
            case 'Z' -> {
                if (!admitted) {
                    problem = "the server is ready before it has let the proxy in";
                    return Cut.STOP;
                }
                if (!destination.isFit(reported.values())) {
                    problem = "the server is a standby, or about to become the primary";
                    return Cut.STOP;
                }
                ready = true;
                return Cut.STOP;
            }
            case 'N' -> {}
            default -> {
                problem = "a message of type " + type + " does not belong into a login";
                return Cut.STOP;
            }
        }
        return Cut.DROP;
    }

    private Cut authentication(ByteBuf bytes, int body, int bodyBytes) {
        if (bodyBytes < 4) {
            throw new IllegalArgumentException(
                    "an authentication request of " + bodyBytes + " bytes");
        }
        byte[] data = new byte[bodyBytes - 4];
        bytes.getBytes(body + 4, data);
        try {
            int method = bytes.getInt(body);
            ByteBuf answer = proof.answer(channel().alloc(), method, data);
            if (answer != null) {
                channel().writeAndFlush(answer);
            }
            admitted = method == 0;
            return Cut.DROP;
        } catch (ServerProof.RefusedException e) {
            problem = String.valueOf(e.getMessage());
            return Cut.STOP;
        }
    }

    private Channel channel() {
        return Objects.requireNonNull(opened);
    }

    @Override
    public void forward(ByteBuf run) {
        run.release();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cutter.stop();
        connector.failed(attempt, problem, error);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        problem = String.valueOf(cause.getMessage());
        Mishaps.end(context, cause);
    }
}
