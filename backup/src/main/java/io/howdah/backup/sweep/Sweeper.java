package io.howdah.backup.sweep;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.keep.KeepPolicy;
import io.howdah.backup.keep.WalKeep;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Removes from a repository what is no longer kept. Looks at what is there and does what can be
/// done: run it again, any time, anywhere.
public final class Sweeper {

    private final BackupCatalog catalog;
    private final Planning planning;
    private final SweepListener listener;

    /// @param policy which backups are kept
    /// @param walAge for how long before the newest backup every moment is within reach; empty for
    ///   as long as there are backups
    public Sweeper(
            Repository repository,
            KeepPolicy policy,
            Optional<Duration> walAge,
            SweepListener listener) {
        this.catalog = new BackupCatalog(repository);
        this.planning = new Planning(catalog, policy, walAge);
        this.listener = listener;
    }

    /// What [#run] would do. Changes nothing.
    ///
    /// @param now about, by the store's clock
    public SweepPlan plan(Instant now) {
        return planning.plan(now);
    }

    /// Sweeps.
    ///
    /// @throws StoreException when the store does not answer; what was begun is finished by the
    ///   next sweep
    /// @throws BackupException when something in the repository is damaged: nothing is removed then
    public SweepResult run() {
        Instant now = StoreClock.now(catalog.repository().store());
        var tombstones = new Tombstones(catalog.repository().store());
        var removal = new Removal(catalog, listener);
        var waitsFor = new TreeSet<BackupId>();
        for (Tombstone left : tombstones.all()) {
            if (planning.isOfAnotherLine(left)) {
                removal.giveUp(left, now);
            } else {
                waitsFor.addAll(removal.finish(left, now));
            }
        }
        SweepPlan plan = planning.plan(now);
        AvoidedPacks.worn(catalog.repository().store()).write(plan.worn());
        Optional<WalKeep> wal = plan.wal();
        if (waitsFor.isEmpty()) {
            wal.ifPresent(keep -> SweptWal.add(catalog.repository().store(), keep));
        }
        if (waitsFor.isEmpty() && !plan.isEmpty() && wal.isPresent()) {
            Tombstone tombstone = tombstone(plan, wal.get(), now);
            tombstones.put(tombstone);
            listener.step(SweepStep.TOMBSTONE_WRITTEN);
            waitsFor.addAll(removal.finish(tombstone, now));
        }
        return removal.result(plan, new ArrayList<>(waitsFor));
    }

    private static Tombstone tombstone(SweepPlan plan, WalKeep wal, Instant now) {
        List<String> expired = plan.names(false);
        return new Tombstone(
                RepositoryIdentity.FORMAT,
                BackupId.at(now).text(),
                expired,
                plan.names(true),
                plan.packs(),
                wal.from(),
                wal.timeline());
    }
}
