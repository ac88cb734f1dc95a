package io.howdah.consensus;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The agreed document, as one node of the group sees it. Safe for use by many threads; no method
/// blocks except `close`.
///
/// Futures fail with [StoreUnavailableException] at a bound that the store was opened with, and at
/// once while the group is not formed. They complete on threads of the store: hand long work on.
///
/// @param <S> the document
/// @param <C> a command
public interface Store<S, C> extends AutoCloseable {

    /// Has a command agreed on by a majority and applied. Works on every node, leader or not.
    ///
    /// A call applies its command at most once, however often the store has to try, across changes
    /// of the leader too. When the future fails it may have been applied, or may be applied still.
    CompletableFuture<Outcome<S>> submit(C command);

    /// The document, never stale: it contains every command whose `submit` completed, on whichever
    /// node, before this call. Costs as much as a submit.
    CompletableFuture<Versioned<S>> read();

    /// What this node has applied last. It may lag, so it is for waking up and for display: a
    /// decision needs `read` or `submit`.
    Versioned<S> seen();

    /// How far this node is in the log, for display.
    LogProgress progress();

    /// Calls the listener with the document as seen now, and then whenever it has changed: in
    /// order, with a growing index, one call at a time, on a thread of its own. Changes that happen
    /// while the listener is busy are coalesced to the latest; a slow listener delays nobody else.
    /// Refused commands count as changes (the index grows).
    Subscription watch(Consumer<Versioned<S>> listener);

    /// The group as this node knows it; empty until formed.
    List<Peer> peers();

    /// The leader of the group as this node knows it.
    Optional<Peer> leader();

    /// Takes a peer into the group, in place of any other peer of the same node name. It must be
    /// running and unformed: it catches up before it is given a vote. Bounded by a few seconds.
    CompletableFuture<Void> addPeer(Peer peer);

    /// Takes a node's peer out of the group. Done at once if there is none.
    CompletableFuture<Void> removePeer(String nodeName);

    /// What this node answers to others that look for their group.
    Introduction introduction();

    /// Completes when this node belongs to a group (its own, or one it joined). It takes as long as
    /// the other nodes need to appear; fails only if the store is closed or cannot work at all.
    CompletableFuture<Void> formed();

    /// What the store is doing, in one short line for an operator: `3 peers, leader n2`, or
    /// `waiting for n3 to appear`.
    String status();

    /// Leaves orderly; the group goes on without this node. Pending futures fail. Bounded by a few
    /// seconds.
    @Override
    void close();
}
