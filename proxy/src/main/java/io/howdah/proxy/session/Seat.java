package io.howdah.proxy.session;

import org.jspecify.annotations.Nullable;

/// A client's place at a server connection: it has none, waits for one, is joined to one that is
/// being prepared, or is served by it.
final class Seat {

    private final ClientSession client;
    private final Destination destination;
    private @Nullable ServerSession server;

    /// The server connection has this client's settings: it may be sent to.
    private boolean served;

    /// In the queue for a server connection.
    private boolean queued;

    Seat(ClientSession client, Destination destination) {
        this.client = client;
        this.destination = destination;
    }

    /// The connection that the client is joined to.
    @Nullable ServerSession server() {
        return server;
    }

    boolean isServed() {
        return served;
    }

    /// Neither joined nor waiting.
    boolean isEmpty() {
        return server == null && !queued;
    }

    /// What the client sends now has to wait for a connection, or for one to be ready.
    boolean isAwaited() {
        return queued || (server != null && !served);
    }

    /// Asks for a connection, unless that was done.
    ///
    /// @return whether the client may send at once
    boolean seek() {
        if (!isEmpty()) {
            return false;
        }
        ServerSession ready = destination.request(client);
        queued = ready == null;
        return ready != null && join(ready);
    }

    /// Asks for a connection on which the client's first settings are tried.
    void seekForLogin() {
        ServerSession ready = destination.requestForLogin(client);
        queued = ready == null;
        if (ready != null) {
            join(ready);
        }
    }

    /// Takes a connection.
    ///
    /// @return whether the client may send at once
    boolean join(ServerSession ready) {
        queued = false;
        server = ready;
        served = ready.takeOn(client);
        return served;
    }

    /// The connection is ready for this client.
    void serve() {
        served = true;
    }

    /// The connection is being prepared again.
    void pause() {
        served = false;
    }

    /// Gives the place up.
    ///
    /// @return the connection, if there was one
    @Nullable ServerSession leave() {
        ServerSession left = server;
        server = null;
        served = false;
        return left;
    }
}
