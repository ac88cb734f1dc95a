package io.howdah.cli;

import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.api.ApiClient;
import io.howdah.node.authority.CredentialException;
import io.howdah.node.authority.Credentials;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a command finds its cluster: `--api`, else `--directory` of a demo, else `HOWDAH_API`,
/// else the demo in the current directory or one above it.
public final class ClusterAddress {

    @Option(
            names = "--api",
            paramLabel = "URL[,URL]",
            description =
                    "The API of one or more nodes (or HOWDAH_API); default: the demo found here.")
    private @Nullable String api;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "The directory of a demo; default: ./howdah-demo, here or above.")
    private @Nullable Path directory;

    @Option(
            names = "--credentials",
            paramLabel = "DIR",
            description =
                    "Who you are: a directory that `howdah init` made (or HOWDAH_CREDENTIALS); default: the demo's.")
    private @Nullable Path credentials;

    ClusterAddress() {}

    ClusterAddress(@Nullable String api, @Nullable Path directory, @Nullable Path credentials) {
        this.api = api;
        this.directory = directory;
        this.credentials = credentials;
    }

    /// Asks that cluster, as whoever the credentials name.
    ///
    /// @throws CommandFailure when nothing names a cluster, or an address is none
    /// @throws CredentialException when the credentials cannot be used
    ApiClient client() {
        return client(System.getenv(), Path.of("").toAbsolutePath());
    }

    ApiClient client(Map<String, String> environment, Path here) {
        String urls = urls(environment, here);
        try {
            return ApiClient.of(urls, credentials(environment, here));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUsage(
                    String.valueOf(e.getMessage()), "an address looks like https://10.0.0.1:6531");
        }
    }

    /// A demo's own, where the demo is what is asked; else those of the environment.
    private Credentials credentials(Map<String, String> environment, Path here) {
        if (credentials != null) {
            return Credentials.read(credentials);
        }
        boolean elsewhere =
                api != null
                        || (directory == null
                                && !environment.getOrDefault("HOWDAH_API", "").isBlank());
        String fromEnvironment = environment.getOrDefault("HOWDAH_CREDENTIALS", "");
        if (elsewhere && !fromEnvironment.isBlank()) {
            return Credentials.read(Path.of(fromEnvironment));
        }
        return (directory == null
                        ? DemoDirectory.findFrom(here)
                        : Optional.of(DemoDirectory.at(directory)))
                .map(demo -> demo.requireSettings().credentials())
                .orElse(Credentials.none());
    }

    /// The nodes' URLs with commas between them.
    ///
    /// @throws CommandFailure when nothing names a cluster
    String urls() {
        return urls(System.getenv(), Path.of("").toAbsolutePath());
    }

    String urls(Map<String, String> environment, Path here) {
        if (api != null) {
            return api;
        }
        if (directory != null) {
            return String.join(",", DemoDirectory.at(directory).requireSettings().apiUrls());
        }
        String fromEnvironment = environment.getOrDefault("HOWDAH_API", "");
        if (!fromEnvironment.isBlank()) {
            return fromEnvironment;
        }
        Optional<DemoDirectory> demo = DemoDirectory.findFrom(here);
        if (demo.isPresent()) {
            return String.join(",", demo.get().requireSettings().apiUrls());
        }
        throw CommandFailure.wrongUsage(
                "no cluster is named: there is no demo in "
                        + here
                        + " or above it, and HOWDAH_API is not set",
                "name a node with --api https://HOST:PORT, a demo's directory with --directory DIR, or start one: `howdah demo`");
    }
}
