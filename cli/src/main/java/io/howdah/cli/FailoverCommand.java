package io.howdah.cli;

import io.howdah.cli.screen.Confirmation;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.FailoverRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah failover`.
@Command(
        name = "failover",
        description = "Make a member the primary when the primary is gone.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah failover --to n3",
            "  howdah failover --to n3 --allow-data-loss"
        })
final class FailoverCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Option(names = "--to", paramLabel = "NODE", required = true, description = "The new primary.")
    private String candidate = "";

    @Option(
            names = "--allow-data-loss",
            description =
                    "Take it even when it may lack acknowledged writes; this is recorded in the history.")
    private boolean allowDataLoss;

    @Option(names = "--yes", description = "Do not ask whether writes may be given up.")
    private boolean yes;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    FailoverCommand() {}

    @Override
    public Integer call() {
        ApiClient client = address.client();
        if (allowDataLoss && !yes) {
            Confirmation.requireName(
                    candidate
                            + " may lack acknowledged writes: they are gone for good once it leads,"
                            + " and the history will say who asked",
                    client.cluster().cluster());
        }
        new ChangeOfCluster(client, json)
                .ask(
                        "making " + candidate + " the primary",
                        api ->
                                api.failover(
                                        new FailoverRequest(
                                                candidate, allowDataLoss, Requester.name())));
        return 0;
    }
}
