package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupProgress;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.LastAttempt;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectStore;
import io.howdah.node.api.BackupStatus;
import io.howdah.node.beside.BesideFiles;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks which backups there are, once a minute, and more often which are under way, whoever takes
/// them, and tells the agent. `start` is called once; to be closed.
final class BackupsWatch implements AutoCloseable {

    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final int ROUNDS_PER_LOOK = 6;
    private static final Logger LOG = LoggerFactory.getLogger(BackupsWatch.class);

    private final List<ObjectStore> stores;
    private final BesideFiles files;
    private final Supplier<String> archiveProblem;
    private final RunningBackups running = new RunningBackups();
    private BackupsReport known = new BackupsReport(null, null, List.of(), null);
    private boolean isKnown;
    private final Thread thread = Thread.ofPlatform().daemon().name("backups").unstarted(this::run);

    /// @param archiveProblem why WAL is not archived; blank while it is
    BackupsWatch(List<ObjectStore> stores, BesideFiles files, Supplier<String> archiveProblem) {
        this.archiveProblem = archiveProblem;
        this.stores = List.copyOf(stores);
        this.files = files;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            for (int round = 0; ; round++) {
                tell(round % ROUNDS_PER_LOOK == 0);
                Thread.sleep(ROUND);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(boolean all) {
        List<BackupStatus> now = known.running();
        try {
            if (all || !isKnown) {
                known = look(stores);
                isKnown = true;
            }
            now = running(System.nanoTime() / 1_000_000);
        } catch (BackupException e) {
            LOG.debug("which backups there are is not known: {}", e.getMessage());
        }
        String problem = archiveProblem.get();
        try {
            known =
                    new BackupsReport(
                            known.newest(),
                            known.lastSucceeded(),
                            now,
                            problem.isBlank() ? null : problem);
            known.write(files);
        } catch (IOException e) {
            LOG.debug("the agent is not told of backups: {}", e.getMessage());
        }
    }

    private List<BackupStatus> running(long nowMillis) {
        return running.look(
                stores.stream()
                        .filter(DrillKeeper::isMade)
                        .flatMap(store -> BackupProgress.all(store).stream())
                        .toList(),
                nowMillis);
    }

    /// What all repositories have together, but for what is under way.
    static BackupsReport look(List<ObjectStore> stores) {
        List<Repository> made =
                stores.stream().filter(DrillKeeper::isMade).map(Repository::open).toList();
        Instant newest =
                made.stream()
                        .flatMap(each -> new BackupCatalog(each).newest().stream())
                        .map(BackupRecord::stopTime)
                        .max(Comparator.naturalOrder())
                        .orElse(null);
        Boolean succeeded =
                made.stream()
                        .flatMap(each -> LastAttempt.read(each.store()).stream())
                        .max(Comparator.comparing(LastAttempt::id))
                        .map(LastAttempt::succeeded)
                        .orElse(null);
        return new BackupsReport(newest, succeeded, List.of(), null);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
