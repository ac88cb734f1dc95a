package io.howdah.node.backup;

import io.howdah.node.beside.BesideFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// By which a node's worker tells the agent that writes are to be stopped: a file that is there or
/// not. It outlives the worker, as the reason does. Immutable.
///
/// @param path the file
public record StopFile(Path path) {

    static StopFile of(BesideFiles files) {
        return new StopFile(files.home().resolve("stop-writes"));
    }

    /// That of a node.
    ///
    /// @param node the node's directory
    public static StopFile of(Path node) {
        return of(BesideFiles.backupWorker(node));
    }

    /// Whether writes are to be stopped.
    public boolean isThere() {
        return Files.exists(path);
    }

    void put() throws IOException {
        Files.write(path, new byte[0]);
    }

    void remove() throws IOException {
        Files.deleteIfExists(path);
    }
}
