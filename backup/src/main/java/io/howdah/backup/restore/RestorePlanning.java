package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.wal.WalIndex;
import java.util.Optional;

/// Finds out what a restore begins with. Only reads.
///
/// @param repository where the backups are
/// @param request what is to be restored
record RestorePlanning(Repository repository, RestoreRequest request) {

    /// From the backup that an interrupted restore has begun with, where that leads to the target
    /// as well, though there is a newer one by now; else [#anew].
    WalPlan plan() {
        return interrupted().orElseGet(this::anew);
    }

    /// Whatever is in the directory.
    ///
    /// @throws BackupException when no backup leads to the target
    WalPlan anew() {
        return plan(request);
    }

    /// The same with the WAL that is there by now.
    ///
    /// @throws BackupException when some is missing by now, or the repository does not say
    WalPlan again(WalPlan before) {
        WalIndex index =
                WalIndex.read(repository.store(), repository.identity().systemIdentifier());
        return WalPlan.of(index, before.line(), before.backup(), request.target());
    }

    private WalPlan plan(RestoreRequest from) {
        WalIndex index =
                WalIndex.read(repository.store(), repository.identity().systemIdentifier());
        return new BackupChoice(new BackupCatalog(repository), index).choose(from);
    }

    private Optional<WalPlan> interrupted() {
        return request.backup().isPresent() || request.delta()
                ? Optional.empty()
                : RestoreMark.read(request.directory())
                        .flatMap(mark -> BackupId.parse(mark.backup()))
                        .flatMap(this::planFrom);
    }

    private Optional<WalPlan> planFrom(BackupId backup) {
        try {
            return Optional.of(plan(request.withBackup(backup)));
        } catch (StoreUnavailableException e) {
            throw e;
        } catch (BackupException e) {
            // It is another repository's, or gone, or does not lead there.
            return Optional.empty();
        }
    }
}
