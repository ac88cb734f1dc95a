package io.howdah.cli;

import io.howdah.cli.screen.ConfigView;
import io.howdah.cli.screen.Screen;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.ConfigDocument;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah config show`.
@Command(
        name = "show",
        description = "Show the configuration, its version, and who made it when.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah config show --json"})
final class ConfigShowCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ConfigShowCommand() {}

    @Override
    public Integer call() {
        ConfigDocument config = address.client().config();
        Screen.standardOutput()
                .print(
                        json
                                ? List.of(ApiJson.writeIndented(config))
                                : ConfigView.lines(config, ZoneId.systemDefault()));
        return 0;
    }
}
