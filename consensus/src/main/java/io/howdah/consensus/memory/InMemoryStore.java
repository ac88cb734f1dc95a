package io.howdah.consensus.memory;

import io.howdah.consensus.Introduction;
import io.howdah.consensus.LogProgress;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.Subscription;
import io.howdah.consensus.Versioned;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// One node's view of an [InMemoryGroup]. Watchers are called on the test's thread, while it
/// delivers.
final class InMemoryStore<S, C> implements Store<S, C> {

    private final InMemoryGroup<S, C> group;
    private final Peer self;
    private final List<Consumer<Versioned<S>>> watchers = new CopyOnWriteArrayList<>();
    private Versioned<S> seen;
    private boolean closed;
    boolean reachable = true;

    InMemoryStore(InMemoryGroup<S, C> group, Peer self, Versioned<S> first) {
        this.group = group;
        this.self = self;
        this.seen = first;
    }

    Peer self() {
        return self;
    }

    void apply(Versioned<S> next) {
        seen = next;
        watchers.forEach(watcher -> watcher.accept(next));
    }

    @Override
    public CompletableFuture<Outcome<S>> submit(C command) {
        return closed
                ? CompletableFuture.failedFuture(InMemoryGroup.unavailable("the store is closed"))
                : group.submit(this, command);
    }

    @Override
    public CompletableFuture<Versioned<S>> read() {
        return closed
                ? CompletableFuture.failedFuture(InMemoryGroup.unavailable("the store is closed"))
                : group.read(this);
    }

    @Override
    public LogProgress progress() {
        return new LogProgress(seen.index(), group.lastIndex(), 0);
    }

    @Override
    public Versioned<S> seen() {
        return seen;
    }

    @Override
    public Subscription watch(Consumer<Versioned<S>> listener) {
        watchers.add(listener);
        listener.accept(seen);
        return () -> watchers.remove(listener);
    }

    @Override
    public List<Peer> peers() {
        return group.peers();
    }

    @Override
    public Optional<Peer> leader() {
        return reachable ? group.leader() : Optional.empty();
    }

    /// Not supported: the members are those that the group was made with.
    @Override
    public CompletableFuture<Void> addPeer(Peer peer) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("addPeer"));
    }

    /// Not supported: the members are those that the group was made with.
    @Override
    public CompletableFuture<Void> removePeer(String nodeName) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("removePeer"));
    }

    @Override
    public Introduction introduction() {
        return new Introduction("memory", self, true, group.peers());
    }

    @Override
    public CompletableFuture<Void> formed() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public String status() {
        return closed ? "closed" : peers().size() + " peers in memory";
    }

    @Override
    public void close() {
        closed = true;
        watchers.clear();
    }
}
