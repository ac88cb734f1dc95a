package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.scram.ClientKeys;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Opens connections for one destination, to where its server is at the moment. What is under way
/// to one that is not the right one any more is given up.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class Connector {

    private final Switchboard switchboard;
    private final Destination destination;
    private final Set<ChannelFuture> underWay = new LinkedHashSet<>();
    private int generation;

    Connector(Switchboard switchboard, Destination destination) {
        this.switchboard = switchboard;
        this.destination = destination;
    }

    /// Where the server is; null while there is none.
    @Nullable ServerAddress server() {
        return switchboard.whereabouts().of(destination.database().server());
    }

    /// Begins to connect and to log in.
    ///
    /// @param ended called once, by any thread, when the connection has ended or has not come about
    void connect(Runnable ended) {
        ServerAddress server = server();
        int begun = generation;
        if (server == null) {
            switchboard
                    .network()
                    .loop()
                    .execute(() -> {
                        destination.connectAbandoned();
                        ended.run();
                    });
            return;
        }
        ServerPath path = ServerPath.to(server, destination.encryption());
        Duration bound = switchboard.settings().timeouts().serverConnect();
        ChannelFuture attempt = open(path, bound, new Attempt(path, bound, begun));
        if (Network.isStillborn(attempt)) {
            String reason = String.valueOf(attempt.cause().getMessage());
            switchboard
                    .network()
                    .loop()
                    .execute(() -> {
                        failed(begun, reason, null, Map.of());
                        ended.run();
                    });
            return;
        }
        underWay.add(attempt);
        attempt.channel()
                .closeFuture()
                .addListener(_ -> {
                    underWay.remove(attempt);
                    ended.run();
                });
        attempt.addListener(done -> {
            if (!done.isSuccess()) {
                failed(begun, String.valueOf(done.cause().getMessage()), null, Map.of());
            }
        });
    }

    /// One connection that is being opened.
    private final class Attempt implements ServerDoor.Guest, ServerLogin.Applicant {

        private final ServerPath path;
        private final Duration bound;

        /// The generation in which it began.
        private final int begun;

        /// What the server was told at the beginning.
        private Map<String, String> started = Map.of();

        Attempt(ServerPath path, Duration bound, int begun) {
            this.path = path;
            this.bound = bound;
            this.begun = begun;
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
            started = destination.startup();
            return started;
        }

        @Override
        public @Nullable ClientKeys keys() {
            return destination.keys();
        }

        @Override
        public boolean keysRefused(@Nullable ClientKeys refused) {
            return destination.keysRefused(refused);
        }

        @Override
        public boolean isFit(Map<String, String> reported) {
            return destination.isFit(reported);
        }

        @Override
        public void admitted(Channel channel, CancelKey key, Map<String, String> reported) {
            ServerPath found = path.foundAt(channel.remoteAddress());
            var session = new ServerSession(destination, channel, found, key, reported);
            channel.pipeline().replace("login", "session", session);
            connected(begun, channel, session, reported);
        }

        @Override
        public void failed(String reason, @Nullable ErrorFields error) {
            Connector.this.failed(begun, reason, error, started);
        }
    }

    /// A login is done.
    ///
    /// @param begun the generation in which it began
    /// @param reported by the server meanwhile
    private void connected(
            int begun, Channel channel, ServerSession session, Map<String, String> reported) {
        underWay.removeIf(attempt -> attempt.channel().equals(channel));
        if (begun == generation) {
            destination.connected(session, reported);
        } else {
            session.terminate();
            destination.connectAbandoned();
        }
    }

    /// A connection did not come about.
    ///
    /// @param begun the generation in which it began
    private void failed(
            int begun, String reason, @Nullable ErrorFields error, Map<String, String> started) {
        if (begun == generation) {
            destination.connectFailed(reason, error, started);
        } else {
            destination.connectAbandoned();
        }
    }

    /// The server is somewhere else now: what is under way to the former one is given up.
    void move() {
        generation++;
        List.copyOf(underWay).forEach(attempt -> attempt.channel().close());
    }

    private ChannelFuture open(ServerPath path, Duration bound, ServerDoor.Guest guest) {
        return switchboard
                .network()
                .connect(
                        path.server(),
                        bound,
                        switchboard.settings().timeouts().unreachable(),
                        () -> new ServerDoor(path.server(), path.tls(), bound, guest));
    }
}
