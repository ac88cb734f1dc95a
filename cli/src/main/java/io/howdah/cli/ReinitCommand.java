package io.howdah.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `howdah reinit`.
@Command(
        name = "reinit",
        description = "Give a replica's data up for a fresh copy of the primary's.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah reinit n3", "  howdah reinit n3 --yes"})
final class ReinitCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Parameters(index = "0", paramLabel = "NODE", description = "The replica to copy anew.")
    private String node = "";

    @Option(names = "--yes", description = "Do not ask whether its data may be deleted.")
    private boolean yes;

    @Option(names = "--json", description = "Print how the member ended up, as JSON.")
    private boolean json;

    ReinitCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        new Reinitialisation(address.client(), json).run(node, yes);
        return 0;
    }
}
