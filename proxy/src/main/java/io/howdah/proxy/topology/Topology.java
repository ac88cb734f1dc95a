package io.howdah.proxy.topology;

import io.howdah.postgres.wire.ServerAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Knows who leads a cluster, and which other proxies belong to it, and keeps on looking.
/// Thread-safe.
public interface Topology extends AutoCloseable {

    /// Tells the listener from now on: what is known at once, then whatever changes, in order and
    /// one call at a time, on a thread of its own. Epochs never fall. Called once.
    void follow(Consumer<Leadership> listener);

    /// What was told last may be over: a connection to the primary was lost, or there was none to
    /// be had. Returns at once; that may be said many times a second, and somebody is asked at most
    /// a few times.
    void doubt();

    /// Where the proxy of the cluster takes clients that has this number; empty where none is known
    /// to. Returns at once, and never fails; who is to be asked for it is asked seldom.
    ///
    /// @param number 1 to 32767
    CompletableFuture<Optional<ServerAddress.Tcp>> proxy(int number);

    /// Tells nothing more.
    @Override
    void close();
}
