package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Confirmation;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.RemoveRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `howdah leave`.
@Command(
        name = "leave",
        description = {
            "Have a node take itself out of the cluster in order: a primary hands over first.",
            "Its PostgreSQL stops; its data are left as they are."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah leave n3", "  howdah leave n3 --yes"})
final class LeaveCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Parameters(index = "0", paramLabel = "NODE", description = "The node that leaves.")
    private String node = "";

    @Option(names = "--yes", description = "Do not ask whether it is to leave.")
    private boolean yes;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    LeaveCommand() {}

    @Override
    public Integer call() {
        ApiClient itself = itself();
        if (!yes) {
            Confirmation.require(
                    node
                            + " leaves the cluster: its PostgreSQL stops, and it comes back only with a"
                            + " new certificate and as a fresh copy");
        }
        new ChangeOfCluster(itself, json)
                .ask(
                        node + " leaves",
                        client -> client.leave(new RemoveRequest(node, Requester.name())));
        return 0;
    }

    /// Only the node itself can do it.
    private ApiClient itself() {
        ApiClient client = address.client();
        return client.cluster().members().stream()
                .filter(member -> member.name().equals(node))
                .map(MemberStatus::api)
                .findFirst()
                .map(client::at)
                .orElseThrow(() ->
                        CommandFailure.failed(
                                "there is no member " + node,
                                "look at `howdah status` for the names"));
    }
}
