package io.howdah.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `howdah node`.
@Command(
        name = "node",
        description = {
            "Run one node of a cluster: the agent beside one PostgreSQL.",
            "SIGTERM stops PostgreSQL in order and then the node; SIGUSR1 ends the node alone, for a restart: PostgreSQL goes on."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah node --config /etc/howdah/howdah.yaml --log-format json",
            "  howdah node --config /etc/howdah/howdah.yaml --log-file /var/log/howdah/howdah.log"
        })
final class NodeCommand implements Callable<Integer> {

    @ParentCommand private Howdah howdah = new Howdah();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The node's howdah.yaml.")
    private Path config = Path.of("howdah.yaml");

    @Mixin private LogOptions log = new LogOptions();

    NodeCommand() {}

    @Override
    public Integer call() throws Exception {
        log.apply(howdah.debug());
        new NodeProcess().run(config);
        return 0;
    }
}
