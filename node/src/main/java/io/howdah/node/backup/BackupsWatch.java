package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.LastAttempt;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectStore;
import io.howdah.node.beside.BesideFiles;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks once a minute which backups there are, whoever takes them, and tells the agent. `start` is
/// called once; to be closed.
final class BackupsWatch implements AutoCloseable {

    private static final Duration ROUND = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(BackupsWatch.class);

    private final List<ObjectStore> stores;
    private final BesideFiles files;
    private final Thread thread = Thread.ofPlatform().daemon().name("backups").unstarted(this::run);

    BackupsWatch(List<ObjectStore> stores, BesideFiles files) {
        this.stores = List.copyOf(stores);
        this.files = files;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                tell();
                Thread.sleep(ROUND);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() {
        try {
            look(stores).write(files);
        } catch (BackupException | IOException e) {
            LOG.debug("the agent is not told of backups: {}", e.getMessage());
        }
    }

    /// What all repositories have together.
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
        return new BackupsReport(newest, succeeded);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
