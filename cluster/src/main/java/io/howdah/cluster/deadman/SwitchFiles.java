package io.howdah.cluster.deadman;

import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// Where agent and switch meet: a directory of the agent's user that nobody else may look into.
///
/// @param directory the node's own
public record SwitchFiles(Path directory) {

    /// Makes the path absolute: the switch works elsewhere.
    public SwitchFiles {
        directory = directory.toAbsolutePath().normalize();
    }

    /// Makes the directory, if there is none yet.
    void prepare() throws IOException {
        Files.createDirectories(
                home(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private Path home() {
        return directory.resolve("switch");
    }

    /// The named pipe for the beats.
    Path pipe() {
        return home().resolve("beats");
    }

    /// Names the one switch of this node, which holds a lock on it as long as it lives.
    ProcessFile process() {
        return new ProcessFile(home().resolve("process"));
    }

    /// What it says.
    Path log() {
        return home().resolve("log");
    }

    /// The switch that runs now; empty when none does. To be closed.
    public Optional<ProcessGrip> running() {
        return process().running();
    }
}
