package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.SystemId;

/// A repository that WAL goes to. Immutable.
///
/// @param store where it lies
/// @param system whose WAL it is
/// @param index what it held when it was looked at: before anything was put
/// @param memory by which it is known whose it is
record ArchiveTarget(ObjectStore store, SystemId system, WalIndex index, RepositoryMemory memory) {

    /// Looks at a repository, which becomes one of this system where there is none yet.
    static ArchiveTarget look(ObjectStore store, SystemId system, RepositoryMemory memory) {
        Repository _ = memory.openOrMake(store, system);
        return new ArchiveTarget(store, system, WalIndex.read(store, system), memory);
    }

    /// Sees that it still is this cluster's: another one may have taken it over.
    ///
    /// @throws BackupException when it is not
    /// @throws StoreUnavailableException when it does not answer
    void claim() {
        memory.claim(store);
    }
}
