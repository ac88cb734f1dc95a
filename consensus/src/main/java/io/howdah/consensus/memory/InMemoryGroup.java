package io.howdah.consensus.memory;

import io.howdah.consensus.DocumentType;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreUnavailableException;
import io.howdah.consensus.Transition;
import io.howdah.consensus.Versioned;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// A group of nodes with one log in memory. Nothing happens by itself: requests wait until the test
/// delivers them, and nodes apply the log when the test says so, all on the test's thread. Keeps
/// what [Store] promises: one order for all, at most once, reads that are never stale, `seen` that
/// may lag. For one thread.
///
/// @param <S> the document
/// @param <C> a command
public final class InMemoryGroup<S, C> {

    private final DocumentType<S, C> type;
    private final List<Versioned<S>> log = new ArrayList<>();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final Map<String, InMemoryStore<S, C>> members = new TreeMap<>();
    private boolean instant;
    private boolean delivering;
    private boolean loseNextReply;

    /// A request on its way.
    private record Request(InMemoryStore<?, ?> from, Runnable arrive, Runnable fail) {}

    /// A formed group of nodes with these names; the first one leads.
    public InMemoryGroup(DocumentType<S, C> type, List<String> nodeNames) {
        this.type = type;
        log.add(new Versioned<>(0, type.initial()));
        for (String name : nodeNames) {
            Peer self = Peer.of(name + "-memory", "127.0.0.1", 10000 + members.size());
            members.put(name, new InMemoryStore<>(this, self, log.getFirst()));
        }
    }

    /// A node's store.
    ///
    /// @throws IllegalArgumentException if no node has this name
    public Store<S, C> store(String nodeName) {
        return member(nodeName);
    }

    /// Whether requests and changes are delivered at once, as they come. Off at first.
    public void deliverAtOnce(boolean atOnce) {
        this.instant = atOnce;
        if (atOnce) {
            deliver();
        }
    }

    /// Cuts a node off, or mends that: its requests fail, and it applies nothing. Without a
    /// majority of reachable nodes everybody's requests fail.
    public void setReachable(String nodeName, boolean reachable) {
        member(nodeName).reachable = reachable;
        if (instant) {
            deliver();
        }
    }

    /// The next submitted command that arrives is applied, but who submitted it sees a failure: the
    /// reply is lost.
    public void loseNextReply() {
        loseNextReply = true;
    }

    /// How many requests wait for delivery.
    public int waiting() {
        return waiting.size();
    }

    /// Delivers the oldest request, if there is one; no node applies it yet.
    ///
    /// @return whether there was one
    public boolean deliverNext() {
        Request request = waiting.poll();
        if (request == null) {
            return false;
        }
        (request.from().reachable && hasMajority() ? request.arrive() : request.fail()).run();
        return true;
    }

    /// Lets a reachable node apply the next entry of the log, and tell its watchers.
    ///
    /// @return whether there was one
    public boolean applyNext(String nodeName) {
        InMemoryStore<S, C> store = member(nodeName);
        int applied = position(store.seen());
        if (!store.reachable || applied == log.size() - 1) {
            return false;
        }
        store.apply(log.get(applied + 1));
        return true;
    }

    /// Delivers and applies everywhere until nothing is left to do, requests that watchers submit
    /// meanwhile included.
    public void deliver() {
        if (delivering) {
            return; // A watcher asks, in the middle of it: what it wants comes after what is under
            // way.
        }
        delivering = true;
        try {
            boolean busy = true;
            while (busy) {
                busy = deliverNext();
                for (String name : members.keySet()) {
                    busy |= applyNext(name);
                }
            }
        } finally {
            delivering = false;
        }
    }

    long lastIndex() {
        return log.getLast().index();
    }

    List<Peer> peers() {
        return members.values().stream().map(store -> store.self()).toList();
    }

    /// The first reachable node, while there is a majority.
    Optional<Peer> leader() {
        return members.values().stream()
                .filter(store -> store.reachable && hasMajority())
                .map(store -> store.self())
                .findFirst();
    }

    CompletableFuture<Outcome<S>> submit(InMemoryStore<S, C> from, C command) {
        // Through bytes, as on the way to other nodes.
        byte[] bytes = type.encodeCommand(command);
        CompletableFuture<Outcome<S>> reply = new CompletableFuture<>();
        enqueue(new Request(from, () -> arrive(bytes, reply), () -> fail(from, reply)));
        return reply;
    }

    CompletableFuture<Versioned<S>> read(InMemoryStore<S, C> from) {
        CompletableFuture<Versioned<S>> reply = new CompletableFuture<>();
        enqueue(
                new Request(
                        from,
                        () -> {
                            while (applyNext(from.self().nodeName())) {
                                // Up to the end: a read waits until its node has applied it all.
                            }
                            reply.complete(from.seen());
                        },
                        () -> fail(from, reply)));
        return reply;
    }

    private void enqueue(Request request) {
        waiting.add(request);
        if (instant) {
            deliver();
        }
    }

    private void arrive(byte[] command, CompletableFuture<Outcome<S>> reply) {
        Versioned<S> last = log.getLast();
        Transition<S> transition = type.apply(last.state(), type.decodeCommand(command));
        S state = type.decodeState(type.encodeState(transition.state()));
        Versioned<S> next = new Versioned<>(last.index() + 1, state);
        log.add(next);
        if (loseNextReply) {
            loseNextReply = false;
            reply.completeExceptionally(unavailable("the reply was lost"));
        } else {
            reply.complete(new Outcome<>(next, transition.refusal()));
        }
    }

    private void fail(InMemoryStore<S, C> from, CompletableFuture<?> reply) {
        reply.completeExceptionally(
                unavailable(
                        from.reachable
                                ? "no majority is reachable"
                                : from.self().nodeName() + " is cut off"));
    }

    static StoreUnavailableException unavailable(String fact) {
        return new StoreUnavailableException(fact, "make the nodes reachable again.");
    }

    private boolean hasMajority() {
        long reachable = members.values().stream().filter(store -> store.reachable).count();
        return reachable * 2 > members.size();
    }

    /// Log positions are consecutive here.
    private int position(Versioned<S> seen) {
        return Math.toIntExact(seen.index());
    }

    private InMemoryStore<S, C> member(String nodeName) {
        InMemoryStore<S, C> store = members.get(nodeName);
        if (store == null) {
            throw new IllegalArgumentException("no node is called " + nodeName);
        }
        return store;
    }
}
