package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.scram.ClientKeys;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Opens the server connection of one client that replicates, and tells it once how that ends.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class ReplicationAttempt implements ServerDoor.Guest, ServerLogin.Applicant {

    private final Switchboard switchboard;
    private final ReplicationSession session;
    private final ServerPath path;
    private final Duration bound;
    private @Nullable Channel channel;
    private boolean over;

    /// @param path to where its server is now
    ReplicationAttempt(Switchboard switchboard, ReplicationSession session, ServerPath path) {
        this.switchboard = switchboard;
        this.session = session;
        this.path = path;
        this.bound = switchboard.settings().timeouts().serverConnect();
    }

    void begin() {
        ChannelFuture attempt =
                switchboard
                        .network()
                        .connect(
                                path.server(),
                                bound,
                                switchboard.settings().timeouts().unreachable(),
                                () -> new ServerDoor(path.server(), path.tls(), bound, this));
        if (Network.isStillborn(attempt)) {
            String reason = String.valueOf(attempt.cause().getMessage());
            switchboard.network().loop().execute(() -> failed(reason, null));
            return;
        }
        channel = attempt.channel();
        attempt.addListener(done -> {
            if (!done.isSuccess()) {
                failed(String.valueOf(done.cause().getMessage()), null);
            }
        });
    }

    /// Its client has left, or the server is somewhere else now: it is told nothing.
    void giveUp() {
        over = true;
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public ChannelHandler enter(byte[] binding, Duration left) {
        return new ServerLogin(this, binding, bound, left);
    }

    @Override
    public void stayOut(String reason) {
        failed(reason, null);
    }

    @Override
    public Map<String, String> startup() {
        return session.startup();
    }

    @Override
    public @Nullable ClientKeys keys() {
        return session.keys();
    }

    @Override
    public boolean keysRefused(@Nullable ClientKeys refused) {
        session.keysRefused();
        return false;
    }

    @Override
    public boolean isFit(Map<String, String> reported) {
        return session.isFit(reported);
    }

    @Override
    public void admitted(Channel opened, CancelKey key, Map<String, String> reported) {
        if (over) {
            opened.close();
            return;
        }
        over = true;
        ServerPath found = path.foundAt(opened.remoteAddress());
        var link = new ReplicationLink(switchboard, session, found, key, opened);
        opened.pipeline().replace("login", "session", link);
        session.linked(link, reported);
    }

    @Override
    public void failed(String reason, @Nullable ErrorFields error) {
        if (!over) {
            over = true;
            session.notLinked(reason, error);
        }
    }
}
