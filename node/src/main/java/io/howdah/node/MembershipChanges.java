package io.howdah.node;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Sync;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.Versioned;
import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.OnBehalf;
import io.howdah.node.api.RemoveRequest;
import io.howdah.node.api.SwitchoverRequest;
import io.howdah.node.authority.Credentials;
import io.howdah.node.configuration.NodeConfiguration;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/// Takes members out of the running cluster, in the order in which nothing acknowledged and no
/// majority can be lost: off the names and the voters, out of the agreed state, out of consensus.
/// Each step can be repeated: where one fails, the whole is asked for again. Thread-safe; blocks
/// its caller.
final class MembershipChanges {

    /// Below what the command waits for an answer.
    private static final Duration VOTERS_DEADLINE = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(20);

    private final NodeConfiguration configuration;
    private final Store<ClusterState, Command> store;
    private final ClusterChanges changes;
    private final Credentials credentials;

    /// @param credentials what this node shows the others
    MembershipChanges(
            NodeConfiguration configuration,
            Store<ClusterState, Command> store,
            ClusterChanges changes,
            Credentials credentials) {
        this.configuration = configuration;
        this.store = store;
        this.changes = changes;
        this.credentials = credentials;
    }

    /// Takes another node, or this one, out.
    ActionOutcome remove(RemoveRequest request) {
        try {
            return remove(new NodeName(Objects.requireNonNullElse(request.node(), "")), request);
        } catch (IllegalArgumentException e) {
            return ActionOutcome.wrong(
                    "'" + request.node() + "' is not a node's name",
                    "look at `howdah status` for the names");
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ActionOutcome.failed("the node is being stopped", "look at `howdah status`");
        }
    }

    /// Hands the primary over where it is here, and takes this node out.
    ActionOutcome leave(RemoveRequest request) {
        if (request.node() != null && !request.node().equals(configuration.node())) {
            return ActionOutcome.refused(
                    "this is " + configuration.node() + ", not " + request.node(),
                    "ask " + request.node() + " itself");
        }
        try {
            ClusterState state = store.read().join().state();
            boolean leads =
                    state.held()
                            .filter(held -> held.node().value().equals(configuration.node()))
                            .isPresent();
            if (leads) {
                ActionOutcome handedOver =
                        changes.switchover(new SwitchoverRequest(configuration.node(), null));
                if (handedOver.verdict() != ActionOutcome.Verdict.DONE) {
                    return handedOver;
                }
            }
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        }
        return remove(new RemoveRequest(configuration.node(), request.by()));
    }

    private ActionOutcome remove(NodeName node, RemoveRequest request) throws InterruptedException {
        ClusterState state = store.read().join().state();
        Optional<Peer> peer = peer(node);
        if (!state.members().containsKey(node) && peer.isEmpty()) {
            return ActionOutcome.refused(
                    "there is no member " + node, "look at `howdah status` for the names");
        }
        Optional<ActionOutcome> refusal = refusal(state, node);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (state.members().containsKey(node)) {
            Optional<ActionOutcome> failure = forgotten(node, peer, request);
            if (failure.isPresent()) {
                return failure.get();
            }
        }
        store.removePeer(node.value()).join();
        return ActionOutcome.done(
                node
                        + " is no member any more; "
                        + String.join(", ", others(node).stream().map(Peer::nodeName).toList())
                        + " go on");
    }

    private Optional<ActionOutcome> refusal(ClusterState state, NodeName node) {
        if (state.paused() != null) {
            return Optional.of(
                    ActionOutcome.refused(
                            "the cluster is paused: who commits wait for may not change",
                            "`howdah resume` ends the pause"));
        }
        if (state.held().filter(held -> held.node().equals(node)).isPresent()) {
            return Optional.of(
                    ActionOutcome.refused(
                            node + " is the primary",
                            "`howdah leave "
                                    + node
                                    + "` hands over first; so does `howdah switchover`"));
        }
        return majority(state, node);
    }

    /// Consensus must work without it: a majority of those who remain has to answer.
    private Optional<ActionOutcome> majority(ClusterState state, NodeName node) {
        List<String> silent = new ArrayList<>();
        List<Peer> others = others(node);
        for (Peer other : others) {
            if (!answers(state, other.nodeName())) {
                silent.add(other.nodeName());
            }
        }
        int needed = others.size() / 2 + 1;
        int there = others.size() - silent.size();
        if (others.isEmpty()) {
            return Optional.of(
                    ActionOutcome.refused(
                            node + " is the only member", "`howdah demo clean` removes a demo"));
        }
        return there >= needed
                ? Optional.empty()
                : Optional.of(
                        ActionOutcome.refused(
                                "without "
                                        + node
                                        + ", "
                                        + needed
                                        + " of "
                                        + others.size()
                                        + " nodes are needed to agree, and only "
                                        + there
                                        + " can be reached",
                                "start " + String.join(", ", silent) + " first"));
    }

    private boolean answers(ClusterState state, String name) {
        if (name.equals(configuration.node())) {
            return true;
        }
        Member member = state.members().get(new NodeName(name));
        if (member == null) {
            return false;
        }
        try {
            String url = configuration.apiUrl(member.host(), member.apiPort());
            return new ApiClient(List.of(URI.create(url)), credentials).node().name().equals(name);
        } catch (ApiException e) {
            return false;
        }
    }

    private Optional<ActionOutcome> forgotten(
            NodeName node, Optional<Peer> peer, RemoveRequest request) throws InterruptedException {
        String by = OnBehalf.name(request.by());
        Outcome<ClusterState> leaving = store.submit(new Command.Remove(node, by)).join();
        if (!leaving.accepted()) {
            return Optional.of(
                    ActionOutcome.refused(
                            String.valueOf(leaving.refusal()), "look at `howdah status`"));
        }
        return forgottenOnceNotNeeded(node, peer.map(Peer::peerId).orElse(""), leaving.result());
    }

    /// A primary that has just begun to lead may name it as a voter once more, by a plan that was
    /// made before it was leaving, and takes it off after that.
    private Optional<ActionOutcome> forgottenOnceNotNeeded(
            NodeName node, String peerId, Versioned<ClusterState> since)
            throws InterruptedException {
        long end = System.nanoTime() + VOTERS_DEADLINE.toNanos();
        Versioned<ClusterState> from = since;
        while (awaitNotNeeded(node, from.index(), end)) {
            Outcome<ClusterState> forgotten =
                    store.submit(new Command.Forget(node, peerId, System.currentTimeMillis()))
                            .join();
            if (forgotten.accepted()) {
                return Optional.empty();
            }
            from = forgotten.result();
            if (!isNeeded(from.state(), node)) {
                return Optional.of(
                        ActionOutcome.failed(
                                String.valueOf(forgotten.refusal()),
                                "ask for the removal again in a moment"));
            }
        }
        store.submit(new Command.CancelRemove(node)).join();
        return Optional.of(
                ActionOutcome.failed(
                        node
                                + " stays a member: no primary took it off the voters within "
                                + VOTERS_DEADLINE.toSeconds()
                                + " s",
                        "look at `howdah status`; then ask for the removal again"));
    }

    /// @param index the first state that counts
    private boolean awaitNotNeeded(NodeName node, long index, long endNanos)
            throws InterruptedException {
        while (System.nanoTime() < endNanos) {
            var seen = store.seen();
            if (seen.index() >= index && !isNeeded(seen.state(), node)) {
                return true;
            }
            Thread.sleep(POLL);
        }
        return false;
    }

    /// Whether the next election may need its vote.
    private static boolean isNeeded(ClusterState state, NodeName node) {
        Sync sync = state.sync();
        return sync != null && (sync.voters().containsKey(node) || sync.leader().equals(node));
    }

    private Optional<Peer> peer(NodeName node) {
        return store.peers().stream()
                .filter(peer -> peer.nodeName().equals(node.value()))
                .findFirst();
    }

    private List<Peer> others(NodeName node) {
        return store.peers().stream()
                .filter(peer -> !peer.nodeName().equals(node.value()))
                .toList();
    }
}
