package io.howdah.cli;

import io.howdah.cli.init.Made;
import io.howdah.cli.screen.Screen;
import io.howdah.node.api.ApiJson;
import java.util.List;
import picocli.CommandLine.Option;

/// How `howdah init` says what it made.
final class MadeOutput {

    @Option(names = "--json", description = "Print what was made as JSON.")
    private boolean json;

    MadeOutput() {}

    /// @param lines the same for people, with what to do next
    void print(Made made, List<String> lines) {
        Screen.standardOutput().print(json ? List.of(ApiJson.writeIndented(made)) : lines);
    }
}
