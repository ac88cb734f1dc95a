package io.howdah.node;

import io.howdah.cluster.agent.Agent;
import io.howdah.cluster.agent.LocalRequest;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.ManagedPostgres;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Sync;
import io.howdah.consensus.Store;
import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.ReinitializeRequest;
import io.howdah.node.api.RestartRequest;
import io.howdah.node.api.SwitchoverRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The changes of this node alone that an operator can ask it for, each followed until it is done
/// or has failed. Thread-safe; blocks its caller.
final class LocalChanges {

    /// Below what the command waits for an answer.
    private static final Duration DEADLINE = Duration.ofSeconds(80);

    private static final Duration POLL = Duration.ofMillis(20);

    private final NodeName self;
    private final Store<ClusterState, Command> store;
    private final ClusterChanges changes;
    private final Agent agent;
    private final ManagedPostgres server;

    LocalChanges(
            NodeName self,
            Store<ClusterState, Command> store,
            ClusterChanges changes,
            Agent agent,
            ManagedPostgres server) {
        this.self = self;
        this.store = store;
        this.changes = changes;
        this.agent = agent;
        this.server = server;
    }

    ActionOutcome restart(RestartRequest request) {
        Optional<ActionOutcome> stranger = meantForAnother(request.member());
        if (stranger.isPresent()) {
            return stranger.get();
        }
        try {
            ClusterState state = store.read().join().state();
            boolean leads = state.held().filter(held -> held.node().equals(self)).isPresent();
            Optional<ActionOutcome> unmet = unmet(request, leads);
            if (unmet.isPresent()) {
                return unmet.get();
            }
            if (state.paused() != null) {
                return paused();
            }
            if (state.switchover() != null) {
                return ActionOutcome.refused(
                        "a switchover is under way", "look at `howdah status` in a moment");
            }
            Sync sync = state.sync();
            boolean others = leads && sync != null && !sync.voters().isEmpty();
            return others && !request.inPlace()
                    ? handOverAndRestart()
                    : restartHere(others ? LocalRequest.RESTART_IN_PLACE : LocalRequest.RESTART);
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ActionOutcome.failed(
                    "the node is being stopped", "look at `howdah status` in a moment");
        }
    }

    private static ActionOutcome paused() {
        return ActionOutcome.refused(
                "the cluster is paused: nothing is stopped or copied",
                "`howdah resume` ends the pause");
    }

    private Optional<ActionOutcome> meantForAnother(@Nullable String member) {
        return member == null || member.equals(self.value())
                ? Optional.empty()
                : Optional.of(
                        ActionOutcome.wrong(
                                "this is " + self + ", not " + member,
                                "ask " + member + " itself: `howdah status` shows its API"));
    }

    private Optional<ActionOutcome> unmet(RestartRequest request, boolean leads) {
        String role = leads ? "primary" : "replica";
        if (request.role() != null && !request.role().equals(role)) {
            return Optional.of(
                    ActionOutcome.refused(
                            self + " is a " + role + ", not a " + request.role(),
                            "leave the role out, or ask another node"));
        }
        return request.restartPending() && server.pendingRestart().isEmpty()
                ? Optional.of(
                        ActionOutcome.refused(
                                "no changed setting waits for a restart of " + self,
                                "leave --pending out to restart it all the same"))
                : Optional.empty();
    }

    /// A switchover stops the old primary in order and starts it again as a replica: that is its
    /// restart.
    private ActionOutcome handOverAndRestart() throws InterruptedException {
        OptionalLong before = server.pid();
        ActionOutcome handedOver = changes.switchover(new SwitchoverRequest(self.value(), null));
        if (handedOver.verdict() != ActionOutcome.Verdict.DONE) {
            return handedOver;
        }
        return awaitRestarted(before, handedOver.message());
    }

    private ActionOutcome restartHere(LocalRequest request) throws InterruptedException {
        OptionalLong before = server.pid();
        Optional<ActionOutcome> declined = ask(request);
        return declined.isPresent() ? declined.get() : awaitRestarted(before, null);
    }

    private ActionOutcome awaitRestarted(OptionalLong before, @Nullable String addition)
            throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            OptionalLong now = server.pid();
            if (now.isPresent() && !now.equals(before) && serves()) {
                return ActionOutcome.done(
                        "PostgreSQL of "
                                + self
                                + " was restarted"
                                + (addition == null ? "" : "; " + addition));
            }
            Thread.sleep(POLL);
        }
        return ActionOutcome.failed(
                "PostgreSQL of "
                        + self
                        + " was stopped, but does not serve again within "
                        + DEADLINE.toSeconds()
                        + " s: "
                        + agent.report().problem(),
                "look at `howdah status` and at its log");
    }

    private boolean serves() {
        return switch (agent.report().status()) {
            case LocalStatus.Standby standby -> standby.receiving();
            case LocalStatus.Primary primary -> primary.open();
            case null, default -> false;
        };
    }

    ActionOutcome reinitialize(ReinitializeRequest request) {
        Optional<ActionOutcome> stranger = meantForAnother(request.member());
        if (stranger.isPresent()) {
            return stranger.get();
        }
        try {
            ClusterState state = store.read().join().state();
            if (state.paused() != null) {
                return paused();
            }
            Optional<Announcement> leader = state.currentLeader();
            if (leader.isEmpty()) {
                return ActionOutcome.refused(
                        "there is no primary to copy from", "look at `howdah status`");
            }
            if (leader.get().leader().equals(self)) {
                return ActionOutcome.refused(
                        self + " is the primary, and its data are the cluster's",
                        "hand the primary over first: `howdah switchover`");
            }
            return ask(LocalRequest.REINITIALISE)
                    .orElseGet(() ->
                            ActionOutcome.done(
                                    self
                                            + " is copied anew from "
                                            + leader.get().leader()
                                            + "; `howdah status` shows how far it is"));
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ActionOutcome.failed(
                    "the node is being stopped", "look at `howdah status` in a moment");
        }
    }

    /// Empty when the agent has set about it.
    private Optional<ActionOutcome> ask(LocalRequest request) throws InterruptedException {
        try {
            return agent.ask(request)
                    .get(DEADLINE.toSeconds(), TimeUnit.SECONDS)
                    .map(why -> ActionOutcome.refused(why, "look at `howdah status`"));
        } catch (TimeoutException e) {
            return Optional.of(
                    ActionOutcome.failed(
                            self
                                    + " has not begun to "
                                    + request
                                    + " within "
                                    + DEADLINE.toSeconds()
                                    + " s",
                            "look at `howdah status`: it may still do so"));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
