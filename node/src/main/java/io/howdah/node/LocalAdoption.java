package io.howdah.node;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.adoption.AdoptionPlan;
import io.howdah.cluster.agent.Agent;
import io.howdah.cluster.agent.AgentReport;
import io.howdah.cluster.member.Adoption;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.Store;
import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.AdoptRequest;
import io.howdah.node.api.AdoptionView;
import io.howdah.node.api.MemberRole;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/// Has this node adopt the database that lies in its data directory. Thread-safe; blocks its
/// caller.
final class LocalAdoption {

    /// Below what the command waits for an answer.
    private static final Duration DEADLINE = Duration.ofSeconds(80);

    private static final Duration POLL = Duration.ofMillis(20);

    private final NodeName self;
    private final Optional<SystemId> awaited;
    private final Store<ClusterState, Command> store;
    private final Agent agent;
    private final Adoption adoption;

    /// @param awaited the database that howdah.yaml names; empty when it names none
    LocalAdoption(
            NodeName self,
            Optional<SystemId> awaited,
            Store<ClusterState, Command> store,
            Agent agent,
            Adoption adoption) {
        this.self = self;
        this.awaited = awaited;
        this.store = store;
        this.agent = agent;
        this.adoption = adoption;
    }

    /// One at a time: two surveys at once would ask the same server twice.
    synchronized ActionOutcome adopt(AdoptRequest request) {
        String member = request.member();
        if (member != null && !member.equals(self.value())) {
            return ActionOutcome.wrong(
                    "this is " + self + ", not " + member,
                    "ask " + member + " itself: `howdah status` shows its API");
        }
        try {
            return adoption.ordered().isPresent() ? goOn(request) : begin(request);
        } catch (PostgresException e) {
            return refused(e);
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ActionOutcome.failed(
                    "the node is being stopped", "look at `howdah status` in a moment");
        }
    }

    private static ActionOutcome refused(PostgresException e) {
        String[] parts = String.valueOf(e.getMessage()).split("\nHINT: ", 2);
        return ActionOutcome.refused(parts[0], parts.length < 2 ? null : parts[1]);
    }

    private ActionOutcome begin(AdoptRequest request) throws InterruptedException {
        AdoptionPlan plan = adoption.plan(store.read().join().state(), self, awaited);
        if (request.dryRun()) {
            return ActionOutcome.done("nothing was done").with(view(plan));
        }
        adoption.order(plan, ClusterOperations.who(request.by()));
        agent.wake();
        return await();
    }

    /// Asked for before: the agent, or one before it, is about it.
    private ActionOutcome goOn(AdoptRequest request) throws InterruptedException {
        return request.dryRun()
                ? ActionOutcome.refused(
                        "the adoption is under way: " + agent.report().problem(),
                        "look at `howdah status`")
                : await();
    }

    private static AdoptionView view(AdoptionPlan plan) {
        return new AdoptionView(
                plan.systemId().toString(),
                plan.role() == AdoptionOrder.Role.PRIMARY ? MemberRole.PRIMARY : MemberRole.REPLICA,
                plan.directory().toString(),
                plan.pid(),
                plan.parameters(),
                plan.access(),
                plan.remarks());
    }

    private ActionOutcome await() throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        AgentReport carriedOut = null;
        while (System.nanoTime() < end) {
            if (carriedOut == null && adoption.ordered().isEmpty()) {
                carriedOut = agent.report();
            }
            AgentReport now = agent.report();
            // what was seen before the order was carried out says nothing of what came of it
            if (carriedOut != null && now.lookedAtNanos() > carriedOut.lookedAtNanos()) {
                Optional<ActionOutcome> outcome = outcome(now);
                if (outcome.isPresent()) {
                    return outcome.get();
                }
            }
            Thread.sleep(POLL);
        }
        return ActionOutcome.accepted(
                self
                        + " is being adopted, which takes longer than "
                        + DEADLINE.toSeconds()
                        + " s: "
                        + agent.report().problem()
                        + "; `howdah status` shows how it goes on");
    }

    private Optional<ActionOutcome> outcome(AgentReport now) {
        if (now.status() instanceof LocalStatus.Unusable unusable) {
            return Optional.of(
                    adoption.refusal()
                            .map(LocalAdoption::refused)
                            .orElseGet(() ->
                                    ActionOutcome.refused(
                                            "the cluster began with another node's database: "
                                                    + unusable.problem(),
                                            "look at `howdah status`")));
        }
        if (now.status() instanceof LocalStatus.Primary primary && primary.open()) {
            return Optional.of(
                    ActionOutcome.done(
                            self
                                    + " is adopted: it is the primary, on timeline "
                                    + primary.position().history().current()));
        }
        return now.status() instanceof LocalStatus.Standby standby && standby.receiving()
                ? Optional.of(ActionOutcome.done(self + " is adopted: it follows the primary"))
                : Optional.empty();
    }
}
