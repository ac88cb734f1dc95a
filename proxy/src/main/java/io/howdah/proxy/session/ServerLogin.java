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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A server connection from its first packet until the server is ready. Where the server asks for a
/// password, a client of the same role has proven itself before.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ServerLogin extends ChannelInboundHandlerAdapter implements MessageCutter.Receiver {

    /// More than a login ever says.
    private static final int LONGEST_BYTES = 64 * 1024;

    /// Who wants it, and is told how it ends.
    interface Applicant {

        /// What the server is told at the beginning.
        Map<String, String> startup();

        /// What a client has proven itself by; null when none had to.
        @Nullable ClientKeys keys();

        /// The server does not take what it took before: the role's password was changed.
        ///
        /// @return whether a client has shown other keys since, which are worth a try
        boolean keysRefused(@Nullable ClientKeys refused);

        /// Whether a server that has let the proxy in is the one that is meant.
        boolean isFit(Map<String, String> reported);

        /// The server is ready: another handler takes the place of `login` on the channel now.
        ///
        /// @param reported by the server meanwhile
        void admitted(Channel channel, CancelKey key, Map<String, String> reported);

        /// It has come to nothing.
        ///
        /// @param error by which the server has refused; null for any other reason
        void failed(String reason, @Nullable ErrorFields error);
    }

    private final Applicant applicant;
    private final MessageCutter cutter = new MessageCutter(this);
    private final ReportedSettings reported = new ReportedSettings();
    private final @Nullable ClientKeys keys;
    private final ServerProof proof;
    private final Duration bound;
    private final Duration left;
    private CancelKey key = new CancelKey(0, "");
    private @Nullable ErrorFields error;
    private String problem = "the server closed the connection during the login";
    private @Nullable Channel opened;
    private boolean admitted;
    private boolean ready;

    /// @param binding what ties the login to an encrypted connection; empty for nothing
    /// @param bound how long all of it may take, from the first packet to the server on
    /// @param left how much of that is left
    ServerLogin(Applicant applicant, byte[] binding, Duration bound, Duration left) {
        this.applicant = applicant;
        this.bound = bound;
        this.left = left;
        this.keys = applicant.keys();
        this.proof = new ServerProof(keys, binding);
    }

    /// The connection is open, and encrypted where that was demanded.
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        opened = context.channel();
        context.writeAndFlush(Messages.startup(context.alloc(), applicant.startup()));
        context.executor().schedule(() -> expire(context), left.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void expire(ChannelHandlerContext context) {
        if (!ready && context.channel().isActive()) {
            problem = "the server did not answer the login within " + bound.toMillis() + "ms";
            context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        cutter.read((ByteBuf) message);
        if (ready) {
            applicant.admitted(context.channel(), key, reported.values());
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
                        && applicant.keysRefused(keys)) {
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
                if (!applicant.isFit(reported.values())) {
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
        applicant.failed(problem, error);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        problem = String.valueOf(cause.getMessage());
        Mishaps.end(context, cause);
    }
}
