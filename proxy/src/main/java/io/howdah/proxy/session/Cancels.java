package io.howdah.proxy.session;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The cancel requests that are on their way to the server of one connection. As long as one is,
/// the connection serves nobody else: it could hit what comes next.
final class Cancels {

    private final Consumer<Consumer<Boolean>> delivery;
    private final BooleanSupplier needed;
    private final Runnable ended;
    private final List<Runnable> next = new ArrayList<>();
    private boolean underWay;
    private boolean holding;
    private boolean overdue;
    private boolean unsure;

    /// @param delivery sends one; what it is given is told at its end whether nothing of it can
    ///   arrive any more
    /// @param needed whether there is something to cancel
    /// @param ended is called when one has reached its end
    Cancels(Consumer<Consumer<Boolean>> delivery, BooleanSupplier needed, Runnable ended) {
        this.delivery = delivery;
        this.needed = needed;
        this.ended = ended;
    }

    /// Sends one. Those that come while one is under way are one together, which follows it.
    ///
    /// @param atItsEnd called when it has reached the server, or has nowhere to go
    void send(Runnable atItsEnd) {
        if (underWay) {
            next.add(atItsEnd);
        } else {
            deliver(List.of(atItsEnd));
        }
    }

    private void deliver(List<Runnable> told) {
        underWay = true;
        delivery.accept(over -> {
            underWay = false;
            unsure |= !over;
            List<Runnable> following = List.copyOf(next);
            next.clear();
            told.forEach(Runnable::run);
            if (!following.isEmpty() && needed.getAsBoolean()) {
                deliver(following);
            } else {
                holding = false;
                following.forEach(Runnable::run);
            }
            ended.run();
        });
    }

    /// Sends one for a request that takes too long. Nothing is sent to the server until that one,
    /// and what follows it, have reached their end.
    void sendForOverdue() {
        overdue = true;
        holding = true;
        send(() -> {});
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
        return underWay;
    }

    /// Whether one may still arrive, nobody knows when.
    boolean areUnsure() {
        return unsure;
    }
}
