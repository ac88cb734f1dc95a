package io.howdah.node.backup;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupProgress;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.take.BackupSource;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.wire.ConnectionSettings;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Backups, taken on a schedule. Immutable.
///
/// @param node what the server is called
/// @param data of the node's server
/// @param memory which repositories it has found before
record ScheduledBackups(
        String node, DataDirectory data, RepositoryMemory memory, TakeOptions options)
        implements RepositoryDuties.Work {

    private static final Logger LOG = LoggerFactory.getLogger(ScheduledBackups.class);

    @Override
    public String name() {
        return "backups";
    }

    @Override
    public Optional<Instant> last(Repository repository) {
        return new BackupCatalog(repository).newest().map(BackupRecord::startTime);
    }

    /// By one that was begun by hand, say: two at once would store twice what has changed.
    @Override
    public boolean isHeldUp(Repository repository) {
        return BackupProgress.isAnyUnderWay(repository.store());
    }

    /// One of a standby that is behind would be new by its time, and old by what is in it.
    @Override
    public boolean needsFollower() {
        return true;
    }

    @Override
    public void run(Repository repository, ConnectionSettings server) {
        LOG.info("a backup into {} begins", repository.store());
        BackupRecord backup =
                new BackupTaking(
                                repository.store(),
                                memory,
                                new BackupSource(data, server, node),
                                options,
                                new TakeListener() {})
                        .run();
        LOG.info(
                "{} has the backup {}, for which {} bytes were stored",
                repository.store(),
                backup.id(),
                backup.storedBytes());
    }
}
