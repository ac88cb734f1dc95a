package io.howdah.cli;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.PauseRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah resume`.
@Command(
        name = "resume",
        description =
                "End a pause: the cluster looks after itself again. What may not run is stopped first.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah resume --wait"})
final class ResumeCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Option(
            names = "--wait",
            description = "Return when every node that can be reached acts by it.")
    private boolean wait;

    @Option(
            names = "--leader-is-gone",
            description =
                    "My word that the leader's PostgreSQL does not run: others may lead though its node does not hear of this. Also after a resume that waits for it.")
    private boolean leaderIsGone;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    ResumeCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        var change = new ChangeOfCluster(address.client(), json);
        change.ask(
                "resuming",
                client ->
                        client.resume(
                                new PauseRequest(
                                        Requester.name(), null, leaderIsGone ? true : null)));
        if (wait) {
            change.await("waiting for every node to resume", ResumeCommand::everywhere);
        }
        return 0;
    }

    private static boolean everywhere(ClusterStatus status) {
        return status.members().stream()
                .noneMatch(member -> member.applied() != null && member.applied().paused());
    }
}
