package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.SwitchoverRequest;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah switchover`.
@Command(
        name = "switchover",
        description = "Hand the primary over to another member, in good order; nothing is lost.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah switchover --to n2",
            "  howdah switchover --to n2 --at \"in 2h\"",
            "  howdah switchover --cancel"
        })
final class SwitchoverCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Option(
            names = "--to",
            paramLabel = "NODE",
            description = "The new primary; default: the best member.")
    private @Nullable String candidate;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Later, by the primary's clock: 2026-12-01T03:00:00+01:00, or \"in 2h\".")
    private @Nullable String at;

    @Option(names = "--cancel", description = "Give up the one that is scheduled.")
    private boolean cancel;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    SwitchoverCommand() {}

    @Override
    public Integer call() {
        var change = new ChangeOfCluster(address.client(), json);
        if (cancel) {
            if (at != null || candidate != null) {
                throw CommandFailure.wrongUsage(
                        "--cancel goes with neither --to nor --at",
                        "cancel first, then schedule another");
            }
            change.ask("cancelling the scheduled switchover", ApiClient::cancelSwitchover);
        } else {
            Instant later =
                    at == null ? null : TimeToCome.parse(at, Instant.now(), ZoneId.systemDefault());
            String what = later == null ? "handing the primary over" : "scheduling a switchover";
            var request = new SwitchoverRequest(null, candidate, later, Requester.name());
            change.ask(
                    what + (candidate == null ? "" : " to " + candidate),
                    client -> client.switchover(request));
        }
        return 0;
    }
}
