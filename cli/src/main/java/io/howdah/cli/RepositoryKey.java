package io.howdah.cli;

import io.howdah.backup.seal.KeySource;
import io.howdah.cli.screen.CommandFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The key of an encrypted repository: `--key-file` or `--key-command`, else `HOWDAH_KEY_FILE`.
/// Never the key itself: arguments and environments are seen by others.
final class RepositoryKey {

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "The key of an encrypted repository, which only you may read (or HOWDAH_KEY_FILE).")
    private @Nullable Path file;

    @Option(
            names = "--key-command",
            paramLabel = "WORD",
            description =
                    "Instead: a program that prints the key, and its arguments, each with an option of its own.")
    private List<String> command = List.of();

    RepositoryKey() {}

    /// What the command line names; empty where it names none.
    Optional<KeySource> given() {
        if (file != null && !command.isEmpty()) {
            throw CommandFailure.wrongUsage("two keys are named", "name one of them");
        }
        if (file != null) {
            return Optional.of(new KeySource.File(file));
        }
        if (!command.isEmpty()) {
            return Optional.of(new KeySource.Command(command));
        }
        return Optional.empty();
    }

    /// What the command line names, else the environment; empty where neither does.
    Optional<KeySource> source(Map<String, String> environment) {
        return given().or(() -> environment(environment));
    }

    private static Optional<KeySource> environment(Map<String, String> environment) {
        String named = environment.getOrDefault("HOWDAH_KEY_FILE", "");
        return named.isBlank() ? Optional.empty() : Optional.of(new KeySource.File(Path.of(named)));
    }
}
