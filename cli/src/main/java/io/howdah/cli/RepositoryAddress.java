package io.howdah.cli;

import io.howdah.backup.seal.SealedStore;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreAddress;
import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.screen.CommandFailure;
import java.nio.file.Path;
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
                    "Where backups lie: a folder, file:///…, or s3://bucket/prefix (or HOWDAH_REPOSITORY); default: the demo's.")
    private @Nullable String repository;

    @Mixin private RepositoryKey key = new RepositoryKey();

    RepositoryAddress() {}

    RepositoryAddress(@Nullable String repository) {
        this.repository = repository;
    }

    /// Whether it is said on the command line, or in the environment.
    boolean isNamed() {
        return repository != null
                || !System.getenv().getOrDefault("HOWDAH_REPOSITORY", "").isBlank();
    }

    /// The store there.
    ///
    /// @param demo the demo that is meant; empty to look for one here and above
    /// @throws CommandFailure when nothing names a repository
    ObjectStore store(Optional<DemoDirectory> demo) {
        return store(demo, System.getenv(), Path.of("").toAbsolutePath());
    }

    ObjectStore store(Optional<DemoDirectory> demo, Map<String, String> environment, Path here) {
        return SealedStore.of(raw(demo, environment, here), key.source(environment));
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
