package io.howdah.cli;

import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.cli.screen.StatusDisplay;
import io.howdah.node.api.ActionReply;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.FailoverRequest;
import io.howdah.node.api.SwitchoverRequest;
import java.util.ArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks the cluster for another primary and says what came of it.
final class ChangeOfPrimary {

    private final ApiClient client;
    private final boolean json;

    /// @param urls of the nodes, with commas between them
    /// @param json whether to print the answer as it came
    ChangeOfPrimary(String urls, boolean json) {
        this.client = StatusDisplay.client(urls);
        this.json = json;
    }

    /// @param candidate null: the best member
    void switchover(@Nullable String candidate) {
        String what = "handing the primary over" + (candidate == null ? "" : " to " + candidate);
        ask(what, () -> client.switchover(new SwitchoverRequest(null, candidate)));
    }

    /// @param allowDataLoss take it even when it may lack acknowledged writes
    void failover(String candidate, boolean allowDataLoss) {
        ask(
                "making " + candidate + " the primary",
                () -> client.failover(new FailoverRequest(candidate, allowDataLoss)));
    }

    private void ask(String what, Supplier<ActionReply> question) {
        ActionReply reply;
        Progress progress = Progress.start(Screen.standardError(), what);
        try {
            reply = question.get();
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
}
