package io.howdah.node;

import io.howdah.cluster.election.Election;
import io.howdah.cluster.election.MayNotLead;
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
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The changes that an operator can ask for, each followed until it is done or has failed.
/// Thread-safe; blocks its caller.
final class ClusterChanges {

    private static final Duration SWITCHOVER_DEADLINE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final String HINT = "\nHINT: ";

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
            return handOver(state, leader.get(), name(request.candidate()));
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
                return handOver(state, leader.get(), to);
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
        boolean complete = Election.complete(state).contains(to);
        if (!complete && !request.allowDataLoss()) {
            return lacking(state, to);
        }
        Epoch next = state.epoch().next();
        String by = ClusterOperations.who(request.by());
        Outcome<ClusterState> outcome =
                store.submit(
                                complete
                                        ? new Command.Elect(to, next, by)
                                        : new Command.ForceFailover(
                                                to, next, by, System.currentTimeMillis()))
                        .join();
        if (!outcome.accepted()) {
            return ActionOutcome.refused(
                    String.valueOf(outcome.refusal()),
                    outcome.result().state().paused() == null
                            ? "look at `howdah status`"
                            : "`howdah resume` first");
        }
        return withOrder(awaitChange(state.epoch(), to, Long.MAX_VALUE), state, to);
    }

    private static ActionOutcome lacking(ClusterState state, NodeName to) {
        Set<NodeName> complete = Election.complete(state);
        String why = Election.of(state).why();
        return complete.isEmpty()
                ? ActionOutcome.refused(
                        "an election cannot be sure to keep every acknowledged write: " + why,
                        "bring that node back; or, if it is lost for good, accept the loss with --allow-data-loss")
                : ActionOutcome.refused(
                        to + " is not known to hold everything that was acknowledged: " + why,
                        "name one that does: " + names(complete));
    }

    private static String names(Set<NodeName> nodes) {
        return nodes.stream().map(NodeName::value).collect(Collectors.joining(", "));
    }

    /// A primary that sorts otherwise than the one before: its indexes on text are not to be
    /// trusted before somebody has made them anew.
    private static ActionOutcome withOrder(
            ActionOutcome outcome, ClusterState before, @Nullable NodeName to) {
        Optional<String> other =
                to == null || outcome.verdict() != ActionOutcome.Verdict.DONE
                        ? Optional.empty()
                        : MayNotLead.otherOrder(before, to);
        return other.map(sorts ->
                        ActionOutcome.done(
                                outcome.message()
                                        + ". It "
                                        + sorts
                                        + ": an index on text may miss rows and let duplicates in",
                                MayNotLead.AFTERWARDS))
                .orElse(outcome);
    }

    private ActionOutcome handOver(ClusterState state, Announcement leader, @Nullable NodeName to) {
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
        return withOrder(awaitChange(leader.epoch(), to, outcome.result().index()), state, to);
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
                    return cancelled(now.cancelled(), leader.get());
                }
                Thread.sleep(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return isUnderWay(store.seen().state())
                ? ActionOutcome.failed(
                        "it is still under way after " + SWITCHOVER_DEADLINE.toSeconds() + " s",
                        "it goes on by itself: look at `howdah status` until there is a new primary")
                : ActionOutcome.failed(
                        "no new primary within " + SWITCHOVER_DEADLINE.toSeconds() + " s",
                        "look at `howdah status`");
    }

    private static boolean isUnderWay(ClusterState now) {
        return now.switchover() != null
                || now.lease() instanceof Lease.Offered
                || (now.lease() instanceof Lease.Held && now.currentLeader().isEmpty());
    }

    private static ActionOutcome cancelled(
            Switchover.@Nullable Cancelled cancelled, Announcement leader) {
        String why = cancelled == null ? "the switchover was taken back" : cancelled.why();
        int hint = why.indexOf(HINT);
        return ActionOutcome.refused(
                leader.leader()
                        + " goes on as the primary: "
                        + (hint < 0 ? why : why.substring(0, hint)),
                hint < 0
                        ? "look at `howdah status`, where the target has to be running and sync, and at the log of "
                                + leader.leader()
                        : why.substring(hint + HINT.length()));
    }

    static ActionOutcome unavailable(CompletionException e) {
        Throwable cause = e.getCause();
        String message = cause instanceof StoreException ? cause.getMessage() : e.getMessage();
        String text = message == null ? "the agreed state cannot be changed now" : message;
        int hint = text.indexOf(HINT);
        return hint < 0
                ? ActionOutcome.failed(
                        text, "a majority of the nodes must be up; look at `howdah status`")
                : ActionOutcome.failed(
                        text.substring(0, hint),
                        text.substring(hint + HINT.length())
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
