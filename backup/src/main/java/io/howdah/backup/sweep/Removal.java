package io.howdah.backup.sweep;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupFolder;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.BackupState;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.keep.WalKeep;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoredObject;
import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Does what tombstones say. Not thread-safe; several at once, in several processes, do no harm.
final class Removal {

    /// After that long nobody comes back who was withdrawn.
    private static final Duration WITHDRAWAL_AGE = Duration.ofDays(30);

    /// So long no sweep takes.
    private static final Duration SWEEP_AGE = Duration.ofHours(1);

    private static final int LOOK_EVERY = 1000;

    private final BackupCatalog catalog;
    private final ObjectStore store;
    private final SweepListener listener;
    private final Tombstones tombstones;
    private final Keeps keeps;
    private int backups;
    private int packs;
    private int walObjects;

    Removal(BackupCatalog catalog, SweepListener listener) {
        this.catalog = catalog;
        this.store = catalog.repository().store();
        this.listener = listener;
        this.tombstones = new Tombstones(store);
        this.keeps = new Keeps(store);
    }

    /// Removes what a tombstone names, if it can be already.
    ///
    /// @param now by the store's clock, before the tombstone was read or after
    /// @return the backups that it waits for; empty when all is done
    List<BackupId> finish(Tombstone tombstone, Instant now) {
        List<BackupId> underWay = settle(tombstone, now);
        if (!underWay.isEmpty()) {
            return underWay;
        }
        Overview there = Overview.of(catalog);
        if (there.finished().stream().allMatch(each -> tombstone.expired().contains(each.id()))) {
            throw new BackupException(
                    "a tombstone in " + store + " names every backup there is: " + tombstone.id(),
                    "delete " + Tombstones.object(tombstone.id()) + "; nothing else was removed");
        }
        Set<BackupId> expired = expired(tombstone, there, now);
        List<BackupRecord> kept =
                there.finished().stream()
                        .filter(each -> !expired.contains(each.backupId()))
                        .toList();
        Set<PackId> referred = referred(there, kept);
        List<StoredObject> oldWal =
                new WalObjects(store, kept.getLast()).past(walKeep(tombstone, kept));
        removeBackups(there, expired);
        removePacks(tombstone, referred);
        removeWal(tombstone, oldWal);
        List<BackupId> gone = gone(tombstone, kept);
        removeRests(there, gone, kept.getLast().backupId(), now);
        gone.forEach(keeps::forget);
        tombstones.delete(tombstone);
        listener.step(SweepStep.TOMBSTONE_GONE);
        return List.of();
    }

    /// Deletes a tombstone and removes nothing more. Backups that were let go for it, and are still
    /// there, are taken back, once nobody can be at it any more; until then it stays.
    ///
    /// @param now by the store's clock
    void giveUp(Tombstone tombstone, Instant now) {
        var letGo = new HashMap<BackupId, Instant>();
        for (String each : tombstone.expired()) {
            BackupId id = new BackupId(each);
            keeps.goneSince(id).ifPresent(since -> letGo.put(id, since));
        }
        if (letGo.values().stream().anyMatch(since -> now.isBefore(since.plus(SWEEP_AGE)))) {
            return;
        }
        for (BackupId id : letGo.keySet()) {
            if (catalog.find(id).isPresent()) {
                keeps.takeBack(id);
            } else {
                keeps.forget(id);
            }
        }
        tombstones.delete(tombstone);
    }

    SweepResult result(SweepPlan plan, List<BackupId> waitsFor) {
        return new SweepResult(plan, backups, packs, walObjects, waitsFor);
    }

    /// Every backup that may refer to what is to go has ended then, one way or the other.
    private List<BackupId> settle(Tombstone tombstone, Instant now) {
        var underWay = new ArrayList<BackupId>();
        for (BackupFolder folder : catalog.folders().values()) {
            if (folder.ended().isPresent()) {
                continue;
            }
            boolean answers = Overview.isUnderWay(folder, now);
            boolean knows =
                    answers
                            && Lease.read(store, folder.id())
                                    .map(lease -> lease.seen().contains(tombstone.id()))
                                    .orElse(false);
            if (answers && !knows) {
                underWay.add(folder.id());
            } else if (!answers) {
                BackupState _ = catalog.withdraw(folder);
            }
        }
        return underWay;
    }

    /// Those of a tombstone's backups that are still there and that nobody has kept since: nobody
    /// can keep them from now on.
    private Set<BackupId> expired(Tombstone tombstone, Overview there, Instant now) {
        var expired = new HashSet<BackupId>();
        for (BackupRecord backup : there.finished()) {
            if (tombstone.expired().contains(backup.id()) && keeps.letGo(backup.backupId(), now)) {
                expired.add(backup.backupId());
                listener.step(SweepStep.BACKUP_LET_GO);
            }
        }
        return expired;
    }

    /// Those of a tombstone's backups that do not exist any more, by this sweep or an earlier one.
    private static List<BackupId> gone(Tombstone tombstone, List<BackupRecord> kept) {
        Set<String> stay = kept.stream().map(BackupRecord::id).collect(Collectors.toSet());
        return tombstone.expired().stream()
                .filter(id -> !stay.contains(id))
                .map(BackupId::new)
                .toList();
    }

    /// What those that ended refer to, and what the next backup may go on from.
    private Set<PackId> referred(Overview there, List<BackupRecord> kept) {
        var references = new References(store);
        Set<PackId> referred = references.of(kept);
        for (Map.Entry<BackupId, Integer> each : there.withdrawn().entrySet()) {
            if (there.isAhead(each.getKey())) {
                referred.addAll(references.ofInterrupted(each.getKey(), each.getValue()));
            }
        }
        return referred;
    }

    /// A backup that has come since needs its WAL, wherever that begins; one that was kept since
    /// needs no more of it than becomes an island.
    private static WalKeep walKeep(Tombstone tombstone, List<BackupRecord> kept) {
        Lsn from =
                kept.stream()
                        .filter(each ->
                                !tombstone.kept().contains(each.id())
                                        && !tombstone.expired().contains(each.id()))
                        .map(BackupRecord::startLsn)
                        .reduce(tombstone.walFrom(), Lsn::min);
        return new WalKeep(from, tombstone.walTimeline(), WalKeep.from(from, kept).islands());
    }

    /// First they do not exist any more, then what they need goes.
    private void removeBackups(Overview there, Set<BackupId> expired) {
        for (BackupRecord backup : there.finished()) {
            if (expired.contains(backup.backupId())) {
                store.delete(backup.backupId().object());
                backups++;
                listener.step(SweepStep.BACKUP_GONE);
            }
        }
    }

    private void removePacks(Tombstone tombstone, Set<PackId> referred) {
        for (PackId pack : tombstone.packs()) {
            if (!referred.contains(pack)) {
                store.delete(pack.object());
                packs++;
                listener.step(SweepStep.PACK_GONE);
            }
        }
    }

    /// Names of WAL come again, those of packs do not: so it is looked whether another sweep has
    /// finished meanwhile.
    private void removeWal(Tombstone tombstone, List<StoredObject> old) {
        for (int i = 0; i < old.size(); i++) {
            if (i % LOOK_EVERY == 0 && !tombstones.isThere(tombstone)) {
                return;
            }
            store.delete(old.get(i).name());
            walObjects++;
            listener.step(SweepStep.WAL_GONE);
        }
    }

    /// Manifests of what is no backup. That it was withdrawn is said for a long time.
    private void removeRests(Overview there, List<BackupId> gone, BackupId newest, Instant now) {
        for (BackupFolder folder : there.folders().values()) {
            boolean withdrawn = there.withdrawn().containsKey(folder.id());
            if ((gone.contains(folder.id()) || withdrawn) && folder.id().compareTo(newest) < 0) {
                removeRest(folder);
                if (withdrawn && folder.ended().orElse(now).isBefore(now.minus(WITHDRAWAL_AGE))) {
                    store.delete(folder.id().object());
                }
            }
        }
    }

    private void removeRest(BackupFolder folder) {
        var names = new ArrayList<ObjectName>();
        store.forEach(folder.id().manifestFolder() + "/", object -> names.add(object.name()));
        if (folder.lease().isPresent()) {
            names.add(folder.id().lease());
        }
        for (ObjectName name : names) {
            store.delete(name);
            listener.step(SweepStep.REST_GONE);
        }
    }
}
