package io.howdah.cli;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectStore;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.backup.ClusterRestore;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// The node that a whole cluster is restored on.
final class ClusterOptions {

    @Option(
            names = "--cluster",
            required = true,
            description =
                    "Instead: the whole cluster, when all is lost. This node becomes its primary when it starts, and the others are made of it.")
    private boolean cluster;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description =
                    "That node's howdah.yaml; its repository is taken unless another is named.")
    private Path config = Path.of("howdah.yaml");

    ClusterOptions() {}

    private NodeConfiguration node() {
        return NodeConfigurationFile.read(config.toAbsolutePath());
    }

    /// The repository that is named, else the node's.
    ObjectStore store(RepositoryAddress named) {
        return named.storeOf(node());
    }

    /// What is to be done with what is restored.
    ///
    /// @throws CommandFailure when `--cluster` is not said
    ClusterRestore restore(Repository repository) {
        if (!cluster) {
            throw CommandFailure.wrongUsage(
                    "--config names a node, and nothing says what for", "say --cluster");
        }
        var restore = new ClusterRestore(node(), repository.identity().systemIdentifier());
        restore.require();
        return restore;
    }
}
