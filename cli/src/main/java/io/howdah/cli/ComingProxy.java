package io.howdah.cli;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A proxy that is being started, as signals meet it: from the first client on it is to be ended in
/// order, though it may take seconds until its start is done. Thread-safe; each proxy is started
/// once.
///
/// @param <P> what kind of proxy
final class ComingProxy<P> {

    private static final Logger log = LoggerFactory.getLogger(ComingProxy.class);

    private final Consumer<P> stop;
    private final CompletableFuture<Optional<P>> proxy = new CompletableFuture<>();

    /// @param stop ends one that runs, in order
    ComingProxy(Consumer<P> stop) {
        this.stop = stop;
    }

    /// Starts it. What that throws is thrown here.
    ///
    /// @return empty where none is needed
    Optional<P> start(Supplier<Optional<P>> starting) {
        try {
            proxy.complete(starting.get());
        } finally {
            proxy.complete(Optional.empty());
        }
        return proxy.join();
    }

    /// Waits until it runs.
    ///
    /// @throws IllegalStateException where it does not run after all
    P await() {
        return proxy.join().orElseThrow(() -> new IllegalStateException("no proxy was started"));
    }

    /// From now on this process does not end before its proxy has, in order.
    void stopAtTheEnd() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopInOrder, "stop the proxy"));
    }

    /// Ends it, if its start succeeds.
    void stopInOrder() {
        log.info("told to stop");
        proxy.join().ifPresent(stop);
        log.info("stopped");
    }
}
