package io.howdah.cli;

import io.howdah.cli.screen.HistoryView;
import io.howdah.cli.screen.Screen;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.HistoryRow;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah history`.
@Command(
        name = "history",
        description =
                "List every change of primary, with its reason and how long writes were not possible.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah history --json"})
final class HistoryCommand implements Callable<Integer> {

    @Mixin private ClusterAddress address = new ClusterAddress();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    HistoryCommand() {}

    @Override
    public Integer call() {
        List<HistoryRow> history = address.client().history();
        Screen screen = Screen.standardOutput();
        screen.print(
                json
                        ? List.of(ApiJson.writeIndented(history))
                        : HistoryView.lines(history, ZoneId.systemDefault(), screen.hasColours()));
        return 0;
    }
}
