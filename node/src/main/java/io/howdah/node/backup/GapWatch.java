package io.howdah.node.backup;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.verify.ArchiveGaps;
import io.howdah.backup.wal.WalIndex;
import io.howdah.postgres.DataDirectory;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts the gaps of the archive every five minutes, while this worker is the one that archives.
/// `start` is called once; to be closed.
final class GapWatch implements AutoCloseable {

    /// All names of the archive are read for it.
    private static final Duration ROUND = Duration.ofMinutes(5);

    private static final Duration UNTIL_IN_CHARGE = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(GapWatch.class);

    private final List<ObjectStore> stores;
    private final DataDirectory data;
    private final BooleanSupplier inCharge;
    private final Thread thread = Thread.ofPlatform().daemon().name("gaps").unstarted(this::run);
    private final IdentityHashMap<ObjectStore, Integer> counted = new IdentityHashMap<>();
    private volatile @Nullable Integer gaps;

    /// @param data of the server that is archived
    /// @param inCharge whether it is this worker's turn
    GapWatch(List<ObjectStore> stores, DataDirectory data, BooleanSupplier inCharge) {
        this.stores = List.copyOf(stores);
        this.data = data;
        this.inCharge = inCharge;
    }

    void start() {
        thread.start();
    }

    /// How many stretches of WAL are missing in the repository that lacks most; null while that is
    /// not known.
    @Nullable Integer gaps() {
        return gaps;
    }

    private void run() {
        try {
            while (true) {
                boolean counts = inCharge.getAsBoolean();
                if (counts) {
                    count();
                }
                Thread.sleep(counts ? ROUND : UNTIL_IN_CHARGE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Of a repository that does not answer, the last number counts.
    private void count() {
        for (ObjectStore store : stores) {
            try {
                var repository = Repository.open(store, data.controlData().systemId());
                WalIndex index = WalIndex.read(store, repository.identity().systemIdentifier());
                counted.put(
                        store,
                        ArchiveGaps.of(
                                        repository,
                                        index,
                                        Instant.now(),
                                        e -> LOG.debug("in {}: {}", store, e.getMessage()))
                                .size());
            } catch (RuntimeException e) {
                // whatever it is, the next round may do better
                LOG.debug("gaps were not counted in {}: {}", store, e.getMessage());
            }
        }
        gaps = counted.values().stream().max(Comparator.naturalOrder()).orElse(null);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
