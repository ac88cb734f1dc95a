package io.howdah.cluster.member;

import io.howdah.postgres.PostgresException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Whether the volumes that a copy is written to have room for it, beside the old data, which stay
/// until it is whole. A copy that cannot end well would read the source for hours, fill the volume,
/// and be begun anew. Thread-safe.
final class CopyRoom {

    /// How long a refusal holds: to ask for a copy again makes the source checkpoint.
    private static final Duration REFUSED = Duration.ofMinutes(1);

    private final Set<Path> places = ConcurrentHashMap.newKeySet();
    private final LongConsumer lastResort;
    private volatile @Nullable PostgresException refusal;
    private volatile long refusedAtNanos;

    /// @param lastResort asked to free so many bytes, where that costs nobody anything
    CopyRoom(LongConsumer lastResort) {
        this.lastResort = lastResort;
    }

    /// A copy is about to begin.
    ///
    /// @throws PostgresException when there was no room for one a moment ago
    void begin() {
        PostgresException last = refusal;
        if (last != null && System.nanoTime() - refusedAtNanos < REFUSED.toNanos()) {
            throw last;
        }
        refusal = null;
        places.clear();
    }

    /// It is written there, among other places.
    ///
    /// @return the same
    Path with(Path place) {
        places.add(place);
        return place;
    }

    /// Sees that what is still to come has room.
    ///
    /// @param doneBytes how much of it is there
    /// @param totalBytes how much it is
    /// @throws PostgresException when it has not
    void require(long doneBytes, long totalBytes) {
        long wanted = totalBytes - doneBytes;
        long free = freeBytes();
        if (wanted > free) {
            lastResort.accept(wanted - free);
            free = freeBytes();
        }
        if (wanted > free) {
            PostgresException refused =
                    new PostgresException(
                            "a copy of %d MB has no room: %d MB are free on the volumes of %s"
                                    .formatted(totalBytes >> 20, (free + doneBytes) >> 20, places),
                            "a copy is built beside the old data, so give them more room; or, where"
                                    + " the data of this node are worth nothing, stop Howdah here,"
                                    + " delete its data directory and start it again");
            refusedAtNanos = System.nanoTime();
            refusal = refused;
            throw refused;
        }
    }

    private long freeBytes() {
        try {
            Set<FileStore> volumes = new HashSet<>();
            long free = 0;
            for (Path place : places) {
                FileStore volume = Files.getFileStore(place);
                if (volumes.add(volume)) {
                    free += volume.getUsableSpace();
                }
            }
            return free;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at the volumes of " + places, e);
        }
    }
}
