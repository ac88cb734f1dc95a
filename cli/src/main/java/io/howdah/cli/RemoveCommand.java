package io.howdah.cli;

import io.howdah.cli.screen.Confirmation;
import io.howdah.node.api.RemoveRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `howdah remove`.
@Command(
        name = "remove",
        description = {
            "Take a node out of the cluster, whether it runs or not; its data are left as they are.",
            "Refused for the primary, and where the others could not agree without it."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah remove n3", "  howdah remove n3 --yes"})
final class RemoveCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Parameters(index = "0", paramLabel = "NODE", description = "The node to take out.")
    private String node = "";

    @Option(names = "--yes", description = "Do not ask whether it is to be taken out.")
    private boolean yes;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    RemoveCommand() {}

    @Override
    public Integer call() {
        if (!yes) {
            Confirmation.require(
                    node
                            + " is taken out of the cluster: it stops, and comes back only with a new"
                            + " certificate and as a fresh copy");
        }
        new ChangeOfCluster(address.client(), json)
                .ask(
                        "taking " + node + " out",
                        client -> client.remove(new RemoveRequest(node, Requester.name())));
        return 0;
    }
}
