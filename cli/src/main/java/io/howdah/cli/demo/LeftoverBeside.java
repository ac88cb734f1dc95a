package io.howdah.cli.demo;

import io.howdah.node.beside.BesideFiles;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A proxy, or a backup worker, that runs beside a node though its agent may be gone.
///
/// @param pid its process
/// @param files by which it is known
record LeftoverBeside(long pid, BesideFiles files) {

    /// Longer than a proxy's transactions are given to end.
    private static final Duration STOP = Duration.ofSeconds(35);

    /// Those that run beside the node in that directory.
    static List<LeftoverBeside> in(Path nodeDirectory) {
        var found = new ArrayList<LeftoverBeside>();
        for (BesideFiles files : BesideFiles.all(nodeDirectory)) {
            for (ProcessGrip grip : files.all()) {
                try (ProcessGrip running = grip) {
                    found.add(new LeftoverBeside(running.pid(), files));
                }
            }
        }
        return found;
    }

    /// Stops it in order, and kills it when that takes too long.
    void stop() {
        for (ProcessGrip grip : files.all()) {
            try (ProcessGrip running = grip) {
                if (running.pid() == pid) {
                    running.signal(Signal.TERMINATE);
                    if (!running.awaitEnd(STOP)) {
                        running.signal(Signal.KILL);
                    }
                }
            }
        }
    }
}
