package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.seal.TamperedException;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import java.io.IOException;
import java.io.InputStream;

/// A repository that WAL goes to. Immutable.
///
/// @param store where it lies
/// @param system whose WAL it is
/// @param memory by which it is known whose it is
record ArchiveTarget(ObjectStore store, SystemId system, RepositoryMemory memory) {

    /// Looks at a repository, which becomes one of this system where there is none yet.
    static ArchiveTarget look(ObjectStore store, SystemId system, RepositoryMemory memory) {
        Repository _ = memory.openOrMake(store, system);
        return new ArchiveTarget(store, system, memory);
    }

    /// Whether it has a timeline's history, and that says the same; or where the server never used
    /// that number (its file says nothing but that), another server's of that number: it was the
    /// cluster's until that server was lost.
    ///
    /// @throws StoreUnavailableException when it does not answer
    boolean holds(TimelineHistory history) {
        ObjectName name = new WalNames(system).history(history.current());
        try (InputStream in = store.get(name)) {
            TimelineHistory there =
                    WalHistory.parse(history.current(), in.readNBytes(WalHistory.MOST_BYTES));
            return there.equals(history) || history.ended().isEmpty();
        } catch (ObjectMissingException
                | ObjectDamagedException
                | TamperedException
                | IllegalArgumentException e) {
            return false;
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + name + " in " + store + ": " + e, "try again", e);
        }
    }

    /// Sees that it still is this cluster's: another one may have taken it over.
    ///
    /// @throws BackupException when it is not
    /// @throws StoreUnavailableException when it does not answer
    void claim() {
        memory.claim(store);
    }
}
