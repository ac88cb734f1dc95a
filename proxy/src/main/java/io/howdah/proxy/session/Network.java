package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/// What sessions need of the world outside: the loop that everything of theirs runs on, connections
/// to servers, and threads that may wait.
interface Network {

    EventLoop loop();

    /// Opens a connection to a server, whose name is looked up anew each time. Its handler hears of
    /// everything on the loop, and of nothing before this has returned.
    ///
    /// @param silence for how long the server's machine may be silent; zero for as long as the
    ///   system has it
    ChannelFuture connect(
            ServerAddress server,
            Duration bound,
            Duration silence,
            Supplier<ChannelHandler> handler);

    /// Whether there is not even a socket, as where there are no file descriptors left. Such an
    /// attempt has no loop: its channel cannot be closed, and is told of on a thread of Netty's.
    static boolean isStillborn(ChannelFuture attempt) {
        return attempt.isDone() && !attempt.channel().isRegistered();
    }

    /// A thread that may wait, doing one thing after the other.
    ExecutorService thread(String name);
}
