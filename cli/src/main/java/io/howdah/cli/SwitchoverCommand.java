package io.howdah.cli;

import io.howdah.node.api.SwitchoverRequest;
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
        footer = {"", "Example:", "  howdah switchover --to n2"})
final class SwitchoverCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Option(
            names = "--to",
            paramLabel = "NODE",
            description = "The new primary; default: the best member.")
    private @Nullable String candidate;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    SwitchoverCommand() {}

    @Override
    public Integer call() {
        new ChangeOfCluster(address.client(), json)
                .ask(
                        "handing the primary over" + (candidate == null ? "" : " to " + candidate),
                        client -> client.switchover(new SwitchoverRequest(null, candidate)));
        return 0;
    }
}
