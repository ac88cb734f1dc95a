package io.howdah.cli;

import io.howdah.backup.store.ObjectStore;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which repository a command is about that is about nothing else: one that is named, else a
/// node's, else that of a demo.
final class RepositoryChoice {

    @Mixin private RepositoryAddress address = new RepositoryAddress();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The howdah.yaml of a node: its first repository is meant, and its key, unless others are named.")
    private @Nullable Path config;

    RepositoryChoice() {}

    /// The store there.
    ///
    /// @throws CommandFailure when nothing names a repository
    ObjectStore store() {
        if (config == null) {
            return address.store(Optional.empty());
        }
        NodeConfiguration node = NodeConfigurationFile.read(config.toAbsolutePath());
        if (node.backup() == null && !address.isNamed()) {
            throw CommandFailure.wrongUsage(
                    config + " names no repository",
                    "add a section backup with repositories, or name one: --repository /var/backups/orders");
        }
        return address.store(Optional.empty(), Optional.ofNullable(node.backup()));
    }
}
