package io.howdah.node;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Pause;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Store;
import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.OnBehalf;
import io.howdah.node.api.Operations;
import io.howdah.node.api.PauseRequest;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// What operators ask of the cluster as a whole, turned into commands. Thread-safe; blocks its
/// caller until the store has answered.
final class ClusterOperations implements Operations {

    /// More than one line of a status can show.
    private static final int LONGEST_TEXT = 200;

    private final Store<ClusterState, Command> store;

    ClusterOperations(Store<ClusterState, Command> store) {
        this.store = store;
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
                    store.submit(new Command.Resume(who(request.by()), System.currentTimeMillis()))
                            .join();
            return outcome.accepted()
                    ? ActionOutcome.done(resumed(outcome.result().state()))
                    : ActionOutcome.refused(
                            String.valueOf(outcome.refusal()), "look at `howdah status`");
        } catch (CompletionException e) {
            return ClusterChanges.unavailable(e);
        }
    }

    /// A primary that cannot hear of this goes on as in the pause: it acknowledges nothing that
    /// could be lost, but answers reads.
    private static String resumed(ClusterState state) {
        String holder =
                state.lease() instanceof Lease.Held held
                        ? "; if " + held.node() + " cannot be reached, stop its PostgreSQL there"
                        : "";
        return "the cluster looks after itself again" + holder;
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
