package io.howdah.node.beside;

import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Processes that have given their place away and serve those that they have. They end by
/// themselves; one that does not is killed. For one thread.
final class BesideFormers {

    private static final Logger LOG = LoggerFactory.getLogger(BesideFormers.class);

    private final BesideFiles files;
    private final Duration bound;
    private final Map<Path, Long> seenNanos = new HashMap<>();

    /// @param bound after so long one hangs
    BesideFormers(BesideFiles files, Duration bound) {
        this.files = files;
        this.bound = bound;
    }

    /// To be called again and again.
    void look() {
        for (ProcessFile former : files.formers()) {
            Optional<ProcessGrip> found = former.running();
            if (found.isEmpty()) {
                forget(former.file());
                continue;
            }
            try (ProcessGrip running = found.get()) {
                // Of one whose next has died before it was told so it may be both.
                if (!files.process().names(running)) {
                    watch(former.file(), running);
                }
            }
        }
    }

    private void watch(Path file, ProcessGrip running) {
        long now = System.nanoTime();
        Long since = seenNanos.putIfAbsent(file, now);
        if (since == null) {
            LOG.info(
                    "the former {} (process {}) serves those that it has",
                    files.name(),
                    running.pid());
        } else if (now - since > bound.toNanos()) {
            LOG.warn(
                    "the former {} (process {}) does not end: killing it",
                    files.name(),
                    running.pid());
            running.signal(Signal.KILL);
        }
    }

    private void forget(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("{} stays: {}", file, e.getMessage());
        }
        if (seenNanos.remove(file) != null) {
            LOG.info("the former {} has ended", files.name());
        }
    }
}
