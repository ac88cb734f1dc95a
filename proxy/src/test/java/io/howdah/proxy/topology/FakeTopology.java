package io.howdah.proxy.topology;

import io.howdah.postgres.wire.ServerAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A cluster whose leader is whom a test names.
public final class FakeTopology implements Topology {

    private final AtomicInteger doubts = new AtomicInteger();
    private final Map<Integer, ServerAddress.Tcp> proxies = new ConcurrentHashMap<>();
    private Leadership known = Leadership.UNKNOWN;
    private Consumer<Leadership> listener = _ -> {};

    /// Somebody else leads.
    public synchronized void lead(ServerAddress.Tcp primary) {
        tell(Leadership.of(known.epoch() + 1, primary));
    }

    /// Nobody leads any more.
    public synchronized void end() {
        tell(Leadership.ofNobody(known.epoch()));
    }

    private void tell(Leadership next) {
        known = next;
        listener.accept(next);
    }

    @Override
    public synchronized void follow(Consumer<Leadership> told) {
        listener = told;
        told.accept(known);
    }

    @Override
    public void doubt() {
        doubts.incrementAndGet();
    }

    /// How often what was told last was doubted.
    public int doubts() {
        return doubts.get();
    }

    /// A proxy of the cluster takes clients there.
    public void takesClients(int number, ServerAddress.Tcp address) {
        proxies.put(number, address);
    }

    @Override
    public CompletableFuture<Optional<ServerAddress.Tcp>> proxy(int number) {
        return CompletableFuture.supplyAsync(
                () -> Optional.ofNullable(proxies.get(number)), Thread::startVirtualThread);
    }

    @Override
    public void close() {}
}
