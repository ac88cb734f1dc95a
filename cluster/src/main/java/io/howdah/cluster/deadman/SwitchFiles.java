package io.howdah.cluster.deadman;

import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    Path process() {
        return home().resolve("process");
    }

    /// What it says.
    Path log() {
        return home().resolve("log");
    }

    /// What the switch writes about itself: its number and its start, which no later process has.
    static String mark(ProcessGrip self) {
        return self.pid() + " " + self.startTicks() + "\n";
    }

    /// The switch that runs now; empty when none does. To be closed.
    public Optional<ProcessGrip> running() {
        try {
            String[] words =
                    Files.readString(process(), StandardCharsets.US_ASCII).strip().split(" ");
            if (words.length != 2) {
                return Optional.empty();
            }
            Optional<ProcessGrip> grip = ProcessGrip.on(Long.parseLong(words[0]));
            if (grip.isPresent() && grip.get().startTicks() != Long.parseLong(words[1])) {
                grip.get().close();
                return Optional.empty();
            }
            return grip;
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
