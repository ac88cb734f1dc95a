package io.howdah.cli;

import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.cli.backup.LocalServer;
import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.demo.DemoSettings;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.backup.BackupWorker;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which servers of this machine a command is about: those of a demo, a node's, or any other one.
final class ServerChoice {

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "The directory of a demo; default: ./howdah-demo, here or above.")
    private @Nullable Path directory;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Instead: the howdah.yaml of a node on this machine.")
    private @Nullable Path config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Instead: the data directory of any PostgreSQL on this machine.")
    private @Nullable Path data;

    ServerChoice() {}

    /// The demo that is meant; empty where something else is, or nothing is said and none is here.
    Optional<DemoDirectory> demo() {
        requireOne();
        if (data != null || config != null) {
            return Optional.empty();
        }
        return directory == null
                ? DemoDirectory.findFrom(Path.of("").toAbsolutePath())
                : Optional.of(DemoDirectory.at(directory));
    }

    /// The node that is named.
    Optional<NodeConfiguration> node() {
        requireOne();
        return Optional.ofNullable(config)
                .map(file -> NodeConfigurationFile.read(file.toAbsolutePath()));
    }

    private void requireOne() {
        if (Stream.of(directory, config, data).filter(Objects::nonNull).count() > 1) {
            throw CommandFailure.wrongUsage(
                    "more than one of --directory, --config and --data is said",
                    "say which servers are meant by one of them");
        }
    }

    /// Where they are.
    ///
    /// @throws CommandFailure when nothing is named, and there is no demo
    List<LocalServer.Place> places(Optional<DemoDirectory> demo) {
        if (data != null) {
            return List.of(
                    new LocalServer.Place(
                            data.toString(), data.toAbsolutePath(), RepositoryMemory.none()));
        }
        List<NodeConfiguration> nodes = nodes(demo);
        if (nodes.isEmpty()) {
            throw CommandFailure.wrongUsage(
                    "no server is named, and there is no demo here or above",
                    "name a node's howdah.yaml with --config FILE, or a data directory with --data"
                            + " DIR");
        }
        return nodes.stream().map(ServerChoice::place).toList();
    }

    /// The configurations of the node that is named, or of all of a demo's that have a database;
    /// none where nothing is named, or a data directory.
    List<NodeConfiguration> nodes(Optional<DemoDirectory> demo) {
        Optional<NodeConfiguration> named = node();
        if (named.isPresent() || demo.isEmpty()) {
            return named.stream().toList();
        }
        DemoSettings settings = demo.get().requireSettings();
        return IntStream.rangeClosed(1, settings.dataNodes())
                .mapToObj(settings::nodeDirectory)
                .map(node ->
                        NodeConfigurationFile.read(node.resolve("howdah.yaml").toAbsolutePath()))
                .toList();
    }

    /// As above; none where nothing is named.
    List<LocalServer.Place> placesIfAny(Optional<DemoDirectory> demo) {
        return data == null && config == null && demo.isEmpty() ? List.of() : places(demo);
    }

    private static LocalServer.Place place(NodeConfiguration configuration) {
        Path database = configuration.dataDirectory();
        if (database == null) {
            throw CommandFailure.failed(
                    configuration.node() + " is a witness: it has no database",
                    "name the howdah.yaml of another node");
        }
        return new LocalServer.Place(
                configuration.node(),
                database,
                BackupWorker.repositories(configuration.directory()));
    }
}
