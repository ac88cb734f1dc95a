package io.howdah.cli;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.Made;
import io.howdah.cli.init.NewCluster;
import io.howdah.cli.init.NewNode;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah init node`.
@Command(
        name = "node",
        description = "Make the files of one more node of a cluster.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah init node --authority orders --name n4=db4"})
final class InitNodeCommand implements Callable<Integer> {

    @Mixin private InitOptions.Authority authority = new InitOptions.Authority();

    @Option(
            names = "--name",
            paramLabel = "NAME=HOST",
            required = true,
            description = "The node and the host that the others reach it by.")
    private String name = "";

    @Option(names = "--witness", description = "It votes and runs no PostgreSQL.")
    private boolean witness;

    @Mixin private InitOptions.OfNode options = new InitOptions.OfNode();

    @Mixin private MadeOutput made = new MadeOutput();

    InitNodeCommand() {}

    @Override
    public Integer call() {
        ClusterDirectory directory = authority.cluster();
        NewNode node = NewNode.parse(name, options.ports(), witness);
        NewCluster.addTo(directory, node, options.data(), options.life(), Instant.now());
        made.print(
                Made.Node.of(node, directory),
                List.of(
                        "node "
                                + node.name()
                                + " is ready: copy "
                                + directory.node(node.name())
                                + " to "
                                + node.address().host(),
                        "start it there: the cluster takes it in, nobody else is restarted;"
                                + " write its line below `nodes:` of the others' howdah.yaml"
                                + " as well, so that the files stay alike"));
        return 0;
    }
}
