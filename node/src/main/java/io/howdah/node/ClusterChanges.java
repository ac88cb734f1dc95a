package io.howdah.node;

import io.howdah.cluster.election.Election;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Switchover;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreException;
import io.howdah.consensus.StoreUnavailableException;
import io.howdah.consensus.Versioned;
import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.FailoverRequest;
import io.howdah.node.api.SwitchoverRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The changes that an operator can ask for, each followed until it is done or has failed.
/// Thread-safe; blocks its caller.
final class ClusterChanges {

    private static final Duration SWITCHOVER_DEADLINE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);

    private final Store<ClusterState, Command> store;

    ClusterChanges(Store<ClusterState, Command> store) {
        this.store = store;
    }

    ActionOutcome switchover(SwitchoverRequest request) {
        try {
            ClusterState state = store.read().join().state();
            Optional<Announcement> leader = state.currentLeader();
            if (leader.isEmpty()) {
                return ActionOutcome.refused(
                        "there is no primary to switch over from",
                        "look at `howdah status`; `howdah failover --to N` elects one");
            }
            if (request.leader() != null
                    && !request.leader().equals(leader.get().leader().value())) {
                return ActionOutcome.refused(
                        "the primary is " + leader.get().leader() + ", not " + request.leader(),
                        "name the primary, or nobody");
            }
            return handOver(leader.get(), name(request.candidate()));
        } catch (InvalidNameException e) {
            return e.outcome();
        } catch (CompletionException e) {
            return unavailable(e);
        }
    }

    ActionOutcome failover(FailoverRequest request) {
        try {
            NodeName to = name(request.candidate());
            if (to == null) {
                return ActionOutcome.wrong(
                        "a failover needs a candidate", "name one of the members");
            }
            ClusterState state = store.read().join().state();
            Optional<Announcement> leader = state.currentLeader();
            if (leader.isPresent()) {
                return handOver(leader.get(), to);
            }
            return elect(state, to, request);
        } catch (InvalidNameException e) {
            return e.outcome();
        } catch (CompletionException e) {
            return unavailable(e);
        }
    }

    private ActionOutcome elect(ClusterState state, NodeName to, FailoverRequest request) {
        if (!(state.lease() instanceof Lease.Vacant)) {
            return ActionOutcome.failed(
                    "a change of primary is under way", "look at `howdah status` in a moment");
        }
        if (!request.allowDataLoss()) {
            String why = Election.of(state).why();
            return ActionOutcome.refused(
                    "an election cannot be sure to keep every acknowledged write: " + why,
                    "bring that node back; or, if it is lost for good, accept the loss with --allow-data-loss");
        }
        Epoch next = state.epoch().next();
        Outcome<ClusterState> outcome =
                store.submit(
                                new Command.ForceFailover(
                                        to,
                                        next,
                                        ClusterOperations.who(request.by()),
                                        System.currentTimeMillis()))
                        .join();
        if (!outcome.accepted()) {
            return ActionOutcome.refused(
                    String.valueOf(outcome.refusal()),
                    outcome.result().state().paused() == null
                            ? "look at `howdah status`"
                            : "`howdah resume` first");
        }
        return awaitChange(state.epoch(), to, Long.MAX_VALUE);
    }

    private ActionOutcome handOver(Announcement leader, @Nullable NodeName to) {
        Outcome<ClusterState> outcome =
                store.submit(new Command.RequestSwitchover(new Switchover(leader.epoch(), to)))
                        .join();
        if (!outcome.accepted()) {
            return ActionOutcome.refused(
                    String.valueOf(outcome.refusal()),
                    outcome.result().state().paused() == null
                            ? "look at `howdah status` for members that can take over"
                            : "`howdah resume` first");
        }
        return awaitChange(leader.epoch(), to, outcome.result().index());
    }

    /// @param requestedAt the log position of a request that the leader may cancel;
    ///   `Long.MAX_VALUE` for none
    private ActionOutcome awaitChange(Epoch before, @Nullable NodeName to, long requestedAt) {
        long end = System.nanoTime() + SWITCHOVER_DEADLINE.toNanos();
        try {
            while (System.nanoTime() < end) {
                Versioned<ClusterState> seen = store.seen();
                ClusterState now = seen.state();
                Optional<Announcement> leader = now.currentLeader();
                if (leader.isPresent() && leader.get().epoch().compareTo(before) > 0) {
                    NodeName leads = leader.get().leader();
                    return to == null || leads.equals(to)
                            ? ActionOutcome.done(
                                    leads + " is the primary now, in epoch " + leader.get().epoch())
                            : ActionOutcome.failed(
                                    leads + " became the primary, not " + to,
                                    "look at `howdah history` and the log of " + to);
                }
                if (leader.isPresent() && now.switchover() == null && seen.index() >= requestedAt) {
                    return ActionOutcome.refused(
                            (to == null ? "no standby streams" : to + " does not stream")
                                    + " from "
                                    + leader.get().leader()
                                    + " at this moment",
                            "look at `howdah status`: the target has to be running and sync");
                }
                Thread.sleep(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ActionOutcome.failed(
                "no new primary within " + SWITCHOVER_DEADLINE.toSeconds() + " s",
                "look at `howdah status`");
    }

    static ActionOutcome unavailable(CompletionException e) {
        Throwable cause = e.getCause();
        String message = cause instanceof StoreException ? cause.getMessage() : e.getMessage();
        String text = message == null ? "the agreed state cannot be changed now" : message;
        int hint = text.indexOf("\nHINT: ");
        return hint < 0
                ? ActionOutcome.failed(
                        text, "a majority of the nodes must be up; look at `howdah status`")
                : ActionOutcome.failed(
                        text.substring(0, hint),
                        text.substring(hint + 7)
                                + (cause instanceof StoreUnavailableException
                                        ? " Where they do, ask one of them: --api URL"
                                        : ""));
    }

    static final class InvalidNameException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidNameException(String name) {
            super(name);
        }

        ActionOutcome outcome() {
            return ActionOutcome.wrong(
                    "'" + getMessage() + "' is not a node's name",
                    "look at `howdah status` for the names");
        }
    }

    static @Nullable NodeName name(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return new NodeName(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidNameException(text);
        }
    }
}
