package io.howdah.node;

import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Pause;
import io.howdah.cluster.state.PlannedSwitchover;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Store;
import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.ConfigChange;
import io.howdah.node.api.ConfigDocument;
import io.howdah.node.api.OnBehalf;
import io.howdah.node.api.Operations;
import io.howdah.node.api.PauseRequest;
import io.howdah.node.api.SwitchoverRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// What operators ask of the cluster as a whole, turned into commands. Thread-safe; blocks its
/// caller until the store has answered.
final class ClusterOperations implements Operations {

    /// More than one line of a status can show.
    private static final int LONGEST_TEXT = 200;

    /// Plans for later than this are forgotten before they are due.
    private static final Duration FURTHEST = Duration.ofDays(60);

    private final Store<ClusterState, Command> store;

    private final ConfigVerbs config;

    ClusterOperations(Store<ClusterState, Command> store, ConfigVerbs config) {
        this.store = store;
        this.config = config;
    }

    @Override
    public ActionOutcome pause(PauseRequest request) {
        try {
            Pause pause =
                    new Pause(who(request.by()), line(request.why()), System.currentTimeMillis());
            Outcome<ClusterState> outcome = store.submit(new Command.Suspend(pause)).join();
            return outcome.accepted()
                    ? ActionOutcome.done(
                            "the cluster is paused: nothing is elected, started or stopped until `howdah resume`")
                    : ActionOutcome.refused(
                            String.valueOf(outcome.refusal()), "look at `howdah status`");
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        }
    }

    @Override
    public ActionOutcome resume(PauseRequest request) {
        try {
            Outcome<ClusterState> outcome =
                    store.submit(
                                    new Command.Resume(
                                            who(request.by()),
                                            System.currentTimeMillis(),
                                            Boolean.TRUE.equals(request.leaderIsGone())))
                            .join();
            return outcome.accepted()
                    ? ActionOutcome.done(resumed(outcome.result().state()))
                    : ActionOutcome.refused(
                            String.valueOf(outcome.refusal()), "look at `howdah status`");
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        }
    }

    /// A primary that does not hear of this goes on as in the pause, and nobody else is elected.
    private static String resumed(ClusterState state) {
        return state.lease() instanceof Lease.Held held && held.unheard() != 0
                ? "the cluster looks after itself again as soon as %1$s, which leads, has heard of this; if %1$s is lost, see that its PostgreSQL does not run, then `howdah resume --leader-is-gone`"
                        .formatted(held.node())
                : "the cluster looks after itself again";
    }

    @Override
    public ActionOutcome planSwitchover(SwitchoverRequest request) {
        Instant at = request.scheduledAt();
        long now = System.currentTimeMillis();
        if (at == null || at.toEpochMilli() <= now) {
            return ActionOutcome.wrong(
                    at + " is in the past; here it is " + Instant.ofEpochMilli(now),
                    "name a time to come, or none for a switchover now");
        }
        if (at.toEpochMilli() - now > FURTHEST.toMillis()) {
            return ActionOutcome.wrong(
                    at + " is more than " + FURTHEST.toDays() + " days away",
                    "plan it nearer to its time");
        }
        try {
            NodeName to = ClusterChanges.name(request.candidate());
            Optional<Announcement> leader = store.read().join().state().currentLeader();
            String expected = request.leader();
            if (expected != null
                    && leader.isPresent()
                    && !leader.get().leader().value().equals(expected)) {
                return ActionOutcome.refused(
                        "the primary is " + leader.get().leader() + ", not " + expected,
                        "name the primary, or nobody");
            }
            PlannedSwitchover plan =
                    new PlannedSwitchover(to, at.toEpochMilli(), who(request.by()), now);
            Outcome<ClusterState> outcome = store.submit(new Command.PlanSwitchover(plan)).join();
            return outcome.accepted()
                    ? ActionOutcome.accepted(
                            "the primary is handed over"
                                    + (to == null ? "" : " to " + to)
                                    + " at "
                                    + at
                                    + ", by the primary's clock")
                    : ActionOutcome.refused(
                            String.valueOf(outcome.refusal()),
                            "`howdah switchover --cancel` drops an earlier plan; `howdah status` shows it");
        } catch (ClusterChanges.InvalidNameException e) {
            return e.outcome();
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        }
    }

    @Override
    public ActionOutcome cancelSwitchover(@Nullable String by) {
        try {
            PlannedSwitchover plan = store.read().join().state().planned();
            if (plan == null) {
                return ActionOutcome.refused(
                        "no switchover is scheduled", "`howdah status` shows one when there is");
            }
            Outcome<ClusterState> outcome =
                    store.submit(
                                    new Command.DropPlan(
                                            new PlannedSwitchover.Dropped(
                                                    plan,
                                                    "cancelled by " + who(by),
                                                    System.currentTimeMillis())))
                            .join();
            return outcome.accepted()
                    ? ActionOutcome.done(
                            "the switchover for "
                                    + Instant.ofEpochMilli(plan.atMillis())
                                    + " is cancelled")
                    : ActionOutcome.refused(
                            String.valueOf(outcome.refusal()), "look at `howdah status`");
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        }
    }

    @Override
    public Optional<ConfigDocument> config() {
        return Optional.ofNullable(store.seen().state().settings()).map(OperationsView::config);
    }

    @Override
    public ActionOutcome changeConfig(ConfigChange change) {
        try {
            Boolean pause = change.pause();
            if (pause == null) {
                return config.change(change);
            }
            var request = new PauseRequest(change.by(), null);
            ActionOutcome paused = pause ? pause(request) : resume(request);
            return paused.verdict() == ActionOutcome.Verdict.DONE && !change.isEmpty()
                    ? config.change(change)
                    : paused;
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        }
    }

    /// Who asked, on one line.
    static String who(@Nullable String by) {
        return line(OnBehalf.name(line(by)));
    }

    /// A text of the operator's as it may be shown in a log or a table.
    static String line(@Nullable String text) {
        String plain = text == null ? "" : text.replaceAll("\\p{Cntrl}", " ").strip();
        return plain.length() <= LONGEST_TEXT ? plain : plain.substring(0, LONGEST_TEXT);
    }
}
