package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.sweep.SweepResult;
import io.howdah.backup.sweep.Sweeper;
import io.howdah.node.configuration.KeepConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sweeps all repositories once an hour, while this worker is the one that archives. That another
/// one may do so as well does no harm. `start` is called once; to be closed.
final class RepositorySweeps implements AutoCloseable {

    private static final Duration ROUND = Duration.ofHours(1);

    /// Soon after a failover, too, so that workers that never live long sweep as well.
    private static final Duration FIRST = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(RepositorySweeps.class);

    private final List<ObjectStore> stores;
    private final KeepConfiguration keep;
    private final RepositoryMemory memory;
    private final BooleanSupplier inCharge;
    private final Thread thread = Thread.ofPlatform().daemon().name("sweeps").unstarted(this::run);

    /// @param memory which cluster this worker is of
    /// @param inCharge whether it is this worker's turn
    RepositorySweeps(
            List<ObjectStore> stores,
            KeepConfiguration keep,
            RepositoryMemory memory,
            BooleanSupplier inCharge) {
        this.stores = List.copyOf(stores);
        this.keep = keep;
        this.memory = memory;
        this.inCharge = inCharge;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            Thread.sleep(FIRST);
            while (true) {
                if (inCharge.getAsBoolean()) {
                    stores.forEach(this::sweep);
                }
                Thread.sleep(ROUND);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweep(ObjectStore store) {
        try {
            // a former owner sweeps no more, even one that has nothing to archive
            memory.requireOurs(store);
            SweepResult result =
                    new Sweeper(Repository.open(store), keep.policy(), keep.walAge(), step -> {})
                            .run();
            if (result.backups() + result.packs() + result.walObjects() > 0) {
                LOG.info(
                        "{} backups, {} packs and {} pieces of WAL were removed from {}",
                        result.backups(),
                        result.packs(),
                        result.walObjects(),
                        store);
            }
            if (!result.waitsFor().isEmpty()) {
                LOG.info("the sweep of {} waits for {}", store, result.waitsFor());
            }
        } catch (RuntimeException e) {
            // whatever it is, the next round may do better
            LOG.warn("{} is not swept at the moment: {}", store, BackupException.said(e));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
