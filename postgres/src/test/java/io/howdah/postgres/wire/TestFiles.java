package io.howdah.postgres.wire;

import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What tests do with files and programs, as root or as an ordinary user.
final class TestFiles {

    static final OperatingSystemUser USER = OperatingSystemUser.forPostgres();

    private TestFiles() {}

    /// The oldest installed PostgreSQL, if there is one, and the embedded one.
    static Stream<Installation> installations() {
        Installations installations = new Installations(USER);
        return Stream.concat(
                installations.installed().reversed().stream().limit(1),
                Stream.of(installations.embedded()));
    }

    /// A new directory that PostgreSQL's user owns. Short, because sockets lie in it.
    static Path newDirectory() {
        try {
            Path directory = Files.createTempDirectory(Path.of("/tmp"), "hw-");
            USER.own(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a command to its end.
    static void run(List<String> command) {
        try {
            Path output = Files.createTempFile("hw-output-", ".txt");
            try {
                Process process =
                        new ProcessBuilder(command)
                                .directory(Path.of("/").toFile())
                                .redirectErrorStream(true)
                                .redirectOutput(output.toFile())
                                .start();
                if (!process.waitFor(120, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(command + " does not end");
                }
                if (process.exitValue() != 0) {
                    throw new IllegalStateException(command + ": " + Files.readString(output));
                }
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Deletes a tree, in which a dying server may still be deleting too.
    static void delete(Path tree) {
        for (int attempt = 1; Files.exists(tree); attempt++) {
            try (Stream<Path> all = Files.walk(tree)) {
                for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException | UncheckedIOException e) {
                if (attempt == 100) {
                    throw new IllegalStateException("cannot delete " + tree, e);
                }
            }
        }
    }
}
