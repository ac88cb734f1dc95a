package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.settings.Timeouts;
import io.netty.channel.EventLoop;

/// A client that has shown who it is. All but [#loop] is for the event loop that it is on.
interface Session {

    /// Where everything about it is done.
    EventLoop loop();

    /// Cancels what a server does for it.
    ///
    /// @param atItsEnd called when the request has reached the server, or has nowhere to go
    void cancel(Runnable atItsEnd);

    /// Looks whether something takes too long, or a machine has vanished.
    void tick(Timeouts bounds, long now);

    /// The cluster has another primary, or none. (Connections of pools hear that by themselves.)
    default void primaryChanged() {}

    /// Where the proxy stops, or the database is gone: who has nothing under way goes now, the
    /// others when they are done.
    void endIfDismissed();

    /// The time for its login is over.
    void failLogin();

    /// Tells the client why, and closes.
    void fail(Complaint reason);
}
