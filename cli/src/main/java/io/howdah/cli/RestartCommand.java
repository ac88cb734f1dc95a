package io.howdah.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `howdah restart`.
@Command(
        name = "restart",
        description = {
            "Restart PostgreSQL on one member, or on all: the replicas first, one at a time.",
            "A primary is handed over to a synchronous replica, and comes back as a replica."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah restart n2",
            "  howdah restart --pending",
            "  howdah restart n1 --in-place"
        })
final class RestartCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NODE",
            description = "The member to restart; default: all.")
    private @Nullable String node;

    @Option(
            names = "--pending",
            description = "Only members on which a changed setting waits for a restart.")
    private boolean pending;

    @Option(
            names = "--in-place",
            description = {
                "Do not hand a primary over: writes wait until it is back, some seconds.",
                "Only this lowers max_connections and its like."
            })
    private boolean inPlace;

    @Option(names = "--json", description = "Print the answers as JSON.")
    private boolean json;

    RestartCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        new Restarts(address.client(), inPlace, json).restart(node, pending);
        return 0;
    }
}
