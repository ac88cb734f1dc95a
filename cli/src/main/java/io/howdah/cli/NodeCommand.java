package io.howdah.cli;

import io.howdah.cli.log.LogFormat;
import io.howdah.cli.log.LogSettings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `howdah node`.
@Command(
        name = "node",
        description = {
            "Run one node of a cluster: the agent beside one PostgreSQL.",
            "SIGTERM stops PostgreSQL in order and then the node."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah node --config /etc/howdah/howdah.yaml --log-format json"
        })
final class NodeCommand implements Callable<Integer> {

    @ParentCommand private Howdah howdah = new Howdah();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The node's howdah.yaml.")
    private Path config = Path.of("howdah.yaml");

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "What the log on standard output looks like; default: text.")
    private LogFormat logFormat = LogFormat.TEXT;

    NodeCommand() {}

    @Override
    public Integer call() throws Exception {
        new LogSettings(logFormat, howdah.debug()).apply();
        new NodeProcess().run(config);
        return 0;
    }
}
