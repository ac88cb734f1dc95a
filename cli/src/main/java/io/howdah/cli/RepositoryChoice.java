package io.howdah.cli;

import io.howdah.backup.store.ObjectStore;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.backup.BackupWorker;
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

    /// The store there, to read.
    ///
    /// @throws CommandFailure when nothing names a repository
    ObjectStore store() {
        return node().map(address::storeOf).orElseGet(() -> address.store(Optional.empty()));
    }

    /// The store there, to change something: in the name of a node only where it is its cluster's.
    /// A copy of a cluster has the original's howdah.yaml, too.
    ///
    /// @throws CommandFailure when nothing names a repository
    ObjectStore ownStore() {
        ObjectStore store = store();
        node().ifPresent(node -> BackupWorker.repositories(node.directory()).requireOurs(store));
        return store;
    }

    private Optional<NodeConfiguration> node() {
        return Optional.ofNullable(config)
                .map(file -> NodeConfigurationFile.read(file.toAbsolutePath()));
    }
}
