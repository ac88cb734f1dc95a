package io.howdah.cli;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.PauseRequest;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah pause`.
@Command(
        name = "pause",
        description = {
            "Leave PostgreSQL to you: until `howdah resume` nothing is elected, started, stopped or copied,"
                    + " and no primary is fenced.",
            "Replication goes on. A primary that dies in a pause stays dead until you resume."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah pause --wait --why \"new disks\""})
final class PauseCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Option(names = "--why", paramLabel = "TEXT", description = "The reason, for the status.")
    private @Nullable String why;

    @Option(
            names = "--wait",
            description = "Return when every node that can be reached acts by it.")
    private boolean wait;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    PauseCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        var change = new ChangeOfCluster(address.client(), json);
        change.ask("pausing", client -> client.pause(new PauseRequest(Requester.name(), why)));
        if (wait) {
            change.await("waiting for every node to pause", PauseCommand::everywhere);
        }
        return 0;
    }

    private static boolean everywhere(ClusterStatus status) {
        return status.members().stream()
                .allMatch(member -> member.applied() == null || member.applied().paused());
    }
}
