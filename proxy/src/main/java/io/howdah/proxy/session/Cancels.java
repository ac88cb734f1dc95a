package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;

/// The cancel requests that are on their way to the server of one connection. As long as one is,
/// the connection serves nobody else: it could hit what comes next.
final class Cancels {

    private final Destination destination;
    private final CancelKey key;
    private final Runnable ended;
    private int underWay;
    private boolean holding;
    private boolean overdue;
    private boolean unsure;

    /// @param ended is called when one has reached its end
    Cancels(Destination destination, CancelKey key, Runnable ended) {
        this.destination = destination;
        this.key = key;
        this.ended = ended;
    }

    /// Sends one.
    ///
    /// @param atItsEnd called when it has reached the server, or has nowhere to go
    void send(Runnable atItsEnd) {
        underWay++;
        destination.cancel(
                key,
                over -> {
                    underWay--;
                    unsure |= !over;
                    atItsEnd.run();
                    ended.run();
                });
    }

    /// Sends one for a request that takes too long. Nothing is sent to the server meanwhile.
    void sendForOverdue(Runnable atItsEnd) {
        overdue = true;
        holding = true;
        send(() -> {
            holding = false;
            atItsEnd.run();
        });
    }

    /// The request that was under way has ended.
    void ready() {
        overdue = false;
    }

    /// Whether one was sent for the request that is under way.
    boolean isForOverdue() {
        return overdue;
    }

    /// Whether the client's next request has to wait.
    boolean isHolding() {
        return holding;
    }

    boolean areUnderWay() {
        return underWay > 0;
    }

    /// Whether one may still arrive, nobody knows when.
    boolean areUnsure() {
        return unsure;
    }
}
