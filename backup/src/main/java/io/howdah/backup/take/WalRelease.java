package io.howdah.backup.take;

import io.howdah.backup.BackupException;
import io.howdah.backup.crew.Repeated;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalRange;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// While files are read, lets the server remove the WAL that is in the repository: a primary's is
/// put there as it is written, a standby's comes by the archive, and is compared. So a backup that
/// takes days needs no more room in `pg_wal` than the repository is behind. And notices when the
/// session is lost, as the server ends that of who keeps more WAL than `max_slot_wal_keep_size`.
/// Uses the session until it is closed: nobody else may meanwhile.
final class WalRelease implements AutoCloseable {

    private static final Duration ROUND = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(WalRelease.class);

    private final BackupSession session;
    private final ObjectStore store;
    private final Path directory;
    private final WalNames names;
    private final Repeated looks = new Repeated("backup-wal", ROUND, this::look);
    private WalSegment needed; // of the looks' thread, and then of whoever has closed this
    private volatile @Nullable RuntimeException failure;

    /// @param directory the server's `pg_wal`
    /// @param first the segment in which the backup begins
    WalRelease(BackupSession session, ObjectStore store, Path directory, WalSegment first) {
        this.session = session;
        this.store = store;
        this.directory = directory;
        this.names = new WalNames(session.systemId());
        this.needed = first;
    }

    void start() {
        looks.start();
    }

    private void look() {
        if (failure != null) {
            return;
        }
        try {
            Lsn written = session.written();
            WalSegment before = needed;
            while (written.isAtLeast(needed.end()) && mayStore(needed)) {
                store(needed);
                needed = WalSegment.at(needed.timeline(), needed.end(), needed.size());
            }
            if (!needed.equals(before)) {
                session.release(needed.start());
            }
        } catch (StoreUnavailableException e) {
            LOG.debug("which WAL is archived is not known: {}", e.getMessage());
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /// What a standby has of a timeline's last segment may be less than there was of it, or more.
    private boolean mayStore(WalSegment segment) {
        return !session.isStandby() || !store.list(names.segment(segment).text(), null).isEmpty();
    }

    /// What is there already is compared: it may be another server's, or damaged.
    private void store(WalSegment segment) {
        var range = new WalRange(segment.start(), segment.end());
        new WalOfBackup(directory, segment.timeline(), range, segment.size(), true)
                .store(store, session.systemId());
    }

    /// Whether the backup can go on.
    ///
    /// @throws BackupException when the session is lost, or the repository has other WAL
    void check() {
        RuntimeException why = failure;
        if (why instanceof WireException) {
            throw new BackupException(
                    "the session of the backup is lost: " + why.getMessage(),
                    "look into the server's log; where it speaks of a slot, more WAL was written"
                            + " meanwhile than max_slot_wal_keep_size lets it keep, and did not come"
                            + " into this repository",
                    why);
        }
        if (why != null) {
            throw why;
        }
    }

    /// From where on the backup's WAL is not known to be in the repository. When it is closed.
    Lsn neededFrom() {
        return needed.start();
    }

    /// Looks once more: whether the session is lost is known then.
    @Override
    public void close() {
        looks.close();
        look();
    }
}
