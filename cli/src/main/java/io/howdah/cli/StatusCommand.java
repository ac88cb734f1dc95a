package io.howdah.cli;

import io.howdah.cli.screen.Screen;
import io.howdah.cli.screen.StatusDisplay;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah status`.
@Command(
        name = "status",
        description = "Show the cluster: who is primary, how every member is, and what is wrong.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah status --watch",
            "  howdah status --json --api https://10.0.0.1:6531 --credentials orders/admin"
        })
final class StatusCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(
            names = "--watch",
            description = "Go on until interrupted: in place on a terminal, else whatever changes.")
    private boolean watch;

    StatusCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        var display = new StatusDisplay(address.client(), Screen.standardOutput());
        if (watch) {
            display.watch(json);
        } else {
            display.once(json);
        }
        return 0;
    }
}
