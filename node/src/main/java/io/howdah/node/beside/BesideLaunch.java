package io.howdah.node.beside;

import io.howdah.postgres.process.Priority;
import io.howdah.postgres.process.ProcessFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a process beside a node is started, and known. Immutable.
///
/// @param files where it and the agent meet
/// @param command what runs it
/// @param fingerprint what it says of itself when it is the one that this node wants
/// @param drain how long it takes to end at most, besides some seconds
/// @param handover how the next one takes its place while it serves; null: it is ended first
public record BesideLaunch(
        BesideFiles files,
        List<String> command,
        String fingerprint,
        Duration drain,
        @Nullable Handover handover) {

    /// Copies the list.
    public BesideLaunch {
        command = List.copyOf(command);
    }

    /// Where one that was started says so first.
    ProcessFile firstSign() {
        return handover == null ? files.process() : files.coming();
    }

    /// In a session of its own, so that what ends the agent does not end it, and at the usual
    /// priority.
    Process start() throws IOException {
        files.prepare();
        File log = files.log().toFile();
        var all = new ArrayList<>(List.of("setsid"));
        all.addAll(command);
        return new ProcessBuilder(Priority.usual(all))
                .directory(Path.of("/").toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }
}
