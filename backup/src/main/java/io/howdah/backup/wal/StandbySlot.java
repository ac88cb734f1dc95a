package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.SystemIdentity;
import io.howdah.postgres.wire.WireException;
import java.util.List;

/// The slot of the archive on a standby: it keeps the WAL that is not in every repository yet, as a
/// primary that is lost takes its own slot along. Whoever is promoted can send all that is missing.
/// Immutable.
///
/// @param slot its name, the same on every member
/// @param stores of the repositories
/// @param memory which of them there were before: where one is missing, nothing in its place says
///   what is archived
/// @param troubles hears which of them do not answer, or are not ours
public record StandbySlot(
        SqlIdentifier slot,
        List<ObjectStore> stores,
        RepositoryMemory memory,
        RepositoryTroubles troubles) {

    public StandbySlot {
        stores = List.copyOf(stores);
    }

    /// Makes the slot where there is none, and moves it to what is in every repository by now.
    ///
    /// @param standby a standby
    /// @throws WireException when it does not answer
    /// @throws StoreUnavailableException when a repository does not
    /// @throws BackupException when one is missing, another one than before, or another cluster's
    public void keep(ConnectionSettings standby) {
        try (PostgresConnection session = PostgresConnection.open(standby)) {
            ArchiveSlot kept = new ArchiveSlot(slot);
            Lsn from = kept.keep(session);
            Lsn archived = archived(standby, from);
            if (archived.compareTo(from) > 0) {
                kept.advance(session, archived);
            }
        }
    }

    /// Up to where every repository has all WAL that it may want from a position on, along the
    /// standby's line.
    private Lsn archived(ConnectionSettings standby, Lsn from) {
        SystemIdentity identity;
        TimelineHistory line;
        int segmentBytes;
        try (ReplicationConnection replication = ReplicationConnection.open(standby)) {
            identity = replication.identifySystem();
            line = replication.timelineHistory(identity.timeline()).history();
            segmentBytes = replication.walSegmentBytes();
        }
        Lsn least = identity.position();
        RuntimeException failure = null;
        for (ObjectStore store : stores) {
            try {
                var needed = new NeededWal(store, identity.systemId(), line, segmentBytes);
                least = Lsn.min(least, archived(needed, from));
                troubles.isWell(store);
            } catch (BackupException e) {
                boolean _ = troubles.failed(store, e);
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return least;
    }

    private Lsn archived(NeededWal needed, Lsn from) {
        return memory.open(needed.store(), needed.system())
                .map(_ -> needed.from(from))
                .orElse(from);
    }
}
