package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.node.api.ActionReply;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.ClusterStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.Function;
import java.util.function.Predicate;

/// Asks the cluster for a change and says what came of it.
final class ChangeOfCluster {

    private static final Duration AWAIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);

    private final ApiClient client;
    private final boolean json;

    /// @param client asks the cluster
    /// @param json whether to print the answer as it came
    ChangeOfCluster(ApiClient client, boolean json) {
        this.client = client;
        this.json = json;
    }

    /// Asks, shows that it is under way, and prints the answer.
    ///
    /// @param what is under way, as in `pausing`
    void ask(String what, Function<ApiClient, ActionReply> question) {
        ActionReply reply;
        Progress progress = Progress.start(Screen.standardError(), what);
        try {
            reply = question.apply(client);
        } finally {
            progress.close();
        }
        var lines = new ArrayList<String>();
        if (json) {
            lines.add(ApiJson.writeIndented(reply));
        } else {
            lines.add(reply.message());
            if (reply.hint() != null) {
                lines.add("HINT: " + reply.hint());
            }
        }
        Screen.standardOutput().print(lines);
    }

    /// Waits until the cluster is as told.
    ///
    /// @throws CommandFailure when it is not within a minute
    void await(String what, Predicate<ClusterStatus> condition) throws InterruptedException {
        long end = System.nanoTime() + AWAIT.toNanos();
        Progress progress = Progress.start(Screen.standardError(), what);
        try {
            while (System.nanoTime() < end) {
                if (holds(condition)) {
                    return;
                }
                Thread.sleep(POLL);
            }
        } finally {
            progress.close();
        }
        throw CommandFailure.failed(
                "agreed, but not every node acts by it after " + AWAIT.toSeconds() + " s",
                "look at `howdah status`");
    }

    private boolean holds(Predicate<ClusterStatus> condition) {
        try {
            return condition.test(client.cluster());
        } catch (ApiException e) {
            // a node that does not answer for a moment is what is being waited out
            return false;
        }
    }
}
