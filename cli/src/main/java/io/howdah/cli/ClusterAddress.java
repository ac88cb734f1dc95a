package io.howdah.cli;

import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.screen.CommandFailure;
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

    ClusterAddress() {}

    ClusterAddress(@Nullable String api, @Nullable Path directory) {
        this.api = api;
        this.directory = directory;
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
                "name a node with --api http://HOST:PORT, a demo's directory with --directory DIR, or start one: `howdah demo`");
    }
}
