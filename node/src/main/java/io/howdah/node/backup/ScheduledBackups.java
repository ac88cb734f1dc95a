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
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.ReplicationConnection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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
    public Optional<String> due(
            Repository repository, ConnectionSettings server, Instant slot, String name) {
        return due(new BackupCatalog(repository).since(slot), () -> line(server), name);
    }

    /// One from which the server's line is not reached, as it lies beyond a fork, is none.
    ///
    /// @param since those of the slot
    /// @param line the server's; asked for only where it matters
    /// @param name the slot's
    static Optional<String> due(
            List<BackupRecord> since, Supplier<TimelineHistory> line, String name) {
        if (since.isEmpty()) {
            return Optional.of(name);
        }
        TimelineHistory now = line.get();
        return since.stream().anyMatch(backup -> backup.leadsTo(now))
                ? Optional.empty()
                : Optional.of(name + "-timeline-" + now.current());
    }

    private static TimelineHistory line(ConnectionSettings server) {
        try (ReplicationConnection replication = ReplicationConnection.open(server)) {
            return replication.timelineHistory(replication.identifySystem().timeline()).history();
        }
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
