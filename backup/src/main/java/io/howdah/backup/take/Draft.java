package io.howdah.backup.take;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupFolder;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.BackupState;
import io.howdah.backup.manifest.EarlierChunks;
import io.howdah.backup.manifest.ManifestReader;
import io.howdah.backup.manifest.ManifestWriter;
import io.howdah.backup.manifest.StoredManifest;
import io.howdah.backup.pack.PackWriter;
import io.howdah.backup.pack.UsablePacks;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.sweep.HeldLease;
import io.howdah.backup.sweep.Tombstone;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The repository's side of a backup that does not exist yet: its lease, its packs and its
/// manifest, and what it goes on from. Not thread-safe, but for the packs; to be closed, whatever
/// comes of it.
final class Draft implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Draft.class);

    private final BackupCatalog catalog;
    private final BackupId id;
    private final boolean anew;
    private final HeldLease lease;
    private final PackWriter packs;
    private final ManifestWriter manifest;

    /// Begins one: from here on nothing goes that it may refer to.
    ///
    /// @param anew whether it goes on from nothing
    /// @param afterPart called after each part of the manifest is stored
    /// @param partBytes when a part ends
    Draft(BackupCatalog catalog, BackupId id, boolean anew, Runnable afterPart, int partBytes) {
        this.catalog = catalog;
        this.id = id;
        this.anew = anew;
        this.lease = HeldLease.take(store(), id);
        this.packs =
                new PackWriter(
                        store(),
                        anew ? UsablePacks.NONE : UsablePacks.read(store(), lease.absent()));
        this.manifest =
                new ManifestWriter(
                        store(),
                        id.manifestFolder(),
                        packs::storedBytes,
                        packs::flush,
                        afterPart,
                        partBytes);
    }

    HeldLease lease() {
        return lease;
    }

    PackWriter packs() {
        return packs;
    }

    ManifestWriter manifest() {
        return manifest;
    }

    /// The manifest of the newest backup that has a whole one, and before it what has been stored
    /// since by one that was interrupted. To be closed.
    List<EarlierChunks> earlier() {
        return anew ? List.of() : earlierManifests().stream().map(EarlierChunks::new).toList();
    }

    private List<ManifestReader> earlierManifests() {
        var found = new ArrayList<ManifestReader>();
        for (BackupFolder folder : catalog.folders().descendingMap().values()) {
            if (folder.id().equals(id)) {
                continue;
            }
            switch (catalog.look(folder.id())) {
                case BackupState.Finished(BackupRecord backup) -> {
                    if (isWhole(backup)) {
                        found.add(
                                ManifestReader.of(
                                        store(), folder.id().manifestFolder(), backup.manifest()));
                        return found;
                    }
                }
                case BackupState.Damaged _ -> {
                    // What it refers to cannot be told; an older one does as well.
                }
                case BackupState.Unfinished _ -> addInterrupted(found, folder, folder.parts());
                case BackupState.Withdrawn(int parts) -> addInterrupted(found, folder, parts);
            }
        }
        return found;
    }

    /// What a damaged one says of where chunks lie would come into this backup, too.
    private boolean isWhole(BackupRecord backup) {
        String folder = backup.backupId().manifestFolder();
        boolean whole = new StoredManifest(store(), folder, backup.manifest()).isWhole();
        if (!whole) {
            LOG.warn(
                    "the manifest of the backup {} in {} is damaged: nothing of it is referred to\n"
                            + "HINT: howdah backup verify tells what else is",
                    backup.id(),
                    store());
        }
        return whole;
    }

    /// The newest one of them is enough.
    private void addInterrupted(List<ManifestReader> found, BackupFolder folder, int parts) {
        if (found.isEmpty() && parts > 0) {
            found.add(ManifestReader.ofInterrupted(store(), folder.id().manifestFolder(), parts));
        }
    }

    /// Refuses a backup whose WAL a sweep is removing.
    ///
    /// @param start where its WAL begins
    void requireWal(TimelineId timeline, Lsn start) {
        for (Tombstone each : lease.tombstones()) {
            if (each.covers(timeline, start)) {
                throw new BackupException(
                        "this backup begins at "
                                + start
                                + ", and a sweep is removing the WAL before "
                                + each.walFrom()
                                + " from "
                                + store(),
                        "let the sweep end (`howdah backup expire`), then run it again");
            }
        }
    }

    /// Makes it exist, when the store has all that it needs and that was put for it.
    ///
    /// @throws BackupException when it was given up by a sweep
    /// @throws StoreUnavailableException when the store has less than it has confirmed
    void publish(BackupRecord backup) {
        try {
            packs.requireStored();
            requireManifest(backup);
        } catch (StoreUnavailableException e) {
            if (catalog.look(id) instanceof BackupState.Withdrawn) {
                // what it had went with it
                catalog.publish(backup);
            }
            throw e;
        }
        catalog.publish(backup);
    }

    private void requireManifest(BackupRecord backup) {
        var bytes = new AtomicLong();
        store().forEach(
                        id.manifestFolder() + "/",
                        object -> {
                            long _ = bytes.addAndGet(object.size());
                        });
        if (bytes.get() != backup.manifest().storedBytes()) {
            throw new StoreUnavailableException(
                    "%s confirmed %d bytes of the manifest of the backup %s and has %d"
                            .formatted(store(), backup.manifest().storedBytes(), id, bytes.get()),
                    "this store loses what it is given; use another one",
                    null);
        }
    }

    private ObjectStore store() {
        return catalog.repository().store();
    }

    @Override
    public void close() {
        lease.close();
    }
}
