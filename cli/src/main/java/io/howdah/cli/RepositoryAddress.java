package io.howdah.cli;

import io.howdah.backup.seal.KeySource;
import io.howdah.backup.seal.SealedStore;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreAddress;
import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.configuration.BackupConfiguration;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where a command finds the repository: `--repository`, else `HOWDAH_REPOSITORY`, else that of a
/// demo.
final class RepositoryAddress {

    @Option(
            names = "--repository",
            paramLabel = "URL",
            description =
                    "Where backups lie: a folder, file:///…, or s3://bucket/prefix (or HOWDAH_REPOSITORY); default: that of the node that is named, else the demo's.")
    private @Nullable String repository;

    @Mixin private RepositoryKey key = new RepositoryKey();

    RepositoryAddress() {}

    RepositoryAddress(@Nullable String repository) {
        this.repository = repository;
    }

    /// Whether it is said on the command line, or in the environment.
    boolean isNamed() {
        return isNamed(System.getenv());
    }

    private boolean isNamed(Map<String, String> environment) {
        return repository != null || !environment.getOrDefault("HOWDAH_REPOSITORY", "").isBlank();
    }

    /// Where a demo archives its WAL: a backup elsewhere would lead back to its own end only.
    private static Optional<BackupConfiguration> archive(DemoDirectory demo) {
        Path node = demo.path().resolve("n1").resolve("howdah.yaml");
        return Files.exists(node)
                ? Optional.ofNullable(NodeConfigurationFile.read(node.toAbsolutePath()).backup())
                : Optional.empty();
    }

    /// The store there.
    ///
    /// @param demo the demo that is meant; empty to look for one here and above
    /// @throws CommandFailure when nothing names a repository
    ObjectStore store(Optional<DemoDirectory> demo) {
        return stores(demo).getFirst();
    }

    /// As [#store], and all of them where a demo archives its WAL into several.
    List<ObjectStore> stores(Optional<DemoDirectory> demo) {
        return stores(demo, System.getenv(), Path.of("").toAbsolutePath());
    }

    /// The store of a node that is named: its first repository unless another is named, and its key
    /// unless another is. What the environment names is for commands that name no node.
    ///
    /// @throws CommandFailure when nothing names a repository
    ObjectStore storeOf(NodeConfiguration node) {
        return storesOf(node).getFirst();
    }

    /// As [#storeOf], and all repositories of the node.
    List<ObjectStore> storesOf(NodeConfiguration node) {
        BackupConfiguration section = node.backup();
        if (section == null) {
            if (!isNamed()) {
                throw CommandFailure.wrongUsage(
                        "the howdah.yaml of " + node.node() + " names no repository",
                        "add a section backup with repositories, or name one: --repository /var/backups/orders");
            }
            return List.of(store(Optional.empty()));
        }
        return sealed(
                repository == null ? section.repositories() : List.of(repository),
                key.given().or(section::key).or(() -> key.source(System.getenv())));
    }

    private static List<ObjectStore> sealed(List<String> addresses, Optional<KeySource> key) {
        return addresses.stream()
                .map(address -> SealedStore.of(StoreAddress.open(address), key))
                .toList();
    }

    List<ObjectStore> stores(
            Optional<DemoDirectory> demo, Map<String, String> environment, Path here) {
        if (!isNamed(environment)) {
            Optional<BackupConfiguration> archive =
                    demo.or(() -> DemoDirectory.findFrom(here)).flatMap(RepositoryAddress::archive);
            if (archive.isPresent()) {
                return sealed(
                        archive.get().repositories(),
                        key.source(environment).or(archive.get()::key));
            }
        }
        return List.of(SealedStore.of(raw(demo, environment, here), key.source(environment)));
    }

    private ObjectStore raw(
            Optional<DemoDirectory> demo, Map<String, String> environment, Path here) {
        if (repository != null) {
            return StoreAddress.open(repository);
        }
        String fromEnvironment = environment.getOrDefault("HOWDAH_REPOSITORY", "");
        if (!fromEnvironment.isBlank()) {
            return StoreAddress.open(fromEnvironment);
        }
        return demo.or(() -> DemoDirectory.findFrom(here))
                .map(found -> StoreAddress.open(found.repository().toString()))
                .orElseThrow(() ->
                        CommandFailure.wrongUsage(
                                "no repository is named, and there is no demo in "
                                        + here
                                        + " or above it",
                                "name it: --repository /var/backups/orders"));
    }
}
