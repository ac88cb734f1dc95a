package io.howdah.cli.demo;

import io.howdah.node.proxy.ProxyFiles;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// A proxy that runs beside a node though its agent may be gone.
///
/// @param pid its process
/// @param files by which it is known
record LeftoverProxy(long pid, ProxyFiles files) {

    /// Longer than transactions are given to end.
    private static final Duration STOP = Duration.ofSeconds(35);

    /// The one that runs beside the node in that directory.
    static Optional<LeftoverProxy> in(Path nodeDirectory) {
        var files = new ProxyFiles(nodeDirectory);
        return files.running()
                .map(grip -> {
                    try (ProcessGrip running = grip) {
                        return new LeftoverProxy(running.pid(), files);
                    }
                });
    }

    /// Stops it in order, and kills it when that takes too long.
    void stop() {
        files.running()
                .ifPresent(grip -> {
                    try (ProcessGrip running = grip) {
                        running.signal(Signal.TERMINATE);
                        if (!running.awaitEnd(STOP)) {
                            running.signal(Signal.KILL);
                        }
                    }
                });
    }
}
