package io.howdah.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A PostgreSQL that runs in a node's directory though its agent may be gone.
///
/// @param postmaster its main process
record LeftoverPostgres(ProcessHandle postmaster) {

    private static final int DEPTH = 3;
    private static final long STOP_SECONDS = 30;

    /// The ones that run below that directory.
    static List<LeftoverPostgres> in(Path nodeDirectory) {
        if (!Files.isDirectory(nodeDirectory)) {
            return List.of();
        }
        var found = new ArrayList<LeftoverPostgres>();
        try (Stream<Path> files =
                Files.find(
                        nodeDirectory,
                        DEPTH,
                        (path, _) -> path.getFileName().toString().equals("postmaster.pid"))) {
            files.forEach(file -> running(file).ifPresent(found::add));
        } catch (IOException | UncheckedIOException e) {
            // A directory that this user may not read is not this user's to stop either.
            return found;
        }
        return found;
    }

    /// The file is believed only when the process it names works in the file's own directory.
    private static Optional<LeftoverPostgres> running(Path pidFile) {
        try (Stream<String> lines = Files.lines(pidFile)) {
            long pid = Long.parseLong(lines.findFirst().orElse("").strip());
            Path workingDirectory = Path.of("/proc/" + pid + "/cwd").toRealPath();
            return workingDirectory.equals(pidFile.toRealPath().getParent())
                    ? ProcessHandle.of(pid).map(LeftoverPostgres::new)
                    : Optional.empty();
        } catch (IOException | UncheckedIOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// Stops it fast and in order (SIGINT to the postmaster), and waits until it is gone, 30 s at
    /// most.
    ///
    /// @return whether it is gone
    boolean stop() throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-INT", Long.toString(postmaster.pid())).start().waitFor();
        } catch (IOException e) {
            return false;
        }
        for (long tenth = 0; tenth < STOP_SECONDS * 10 && postmaster.isAlive(); tenth++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return !postmaster.isAlive();
    }
}
