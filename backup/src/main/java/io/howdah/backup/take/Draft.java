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
import io.howdah.backup.pack.PackWriter;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.sweep.HeldLease;
import io.howdah.backup.sweep.Tombstone;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.List;

/// The repository's side of a backup that does not exist yet: its lease, its packs and its
/// manifest, and what it goes on from. Not thread-safe, but for the packs; to be closed, whatever
/// comes of it.
final class Draft implements AutoCloseable {

    private final BackupCatalog catalog;
    private final BackupId id;
    private final HeldLease lease;
    private final PackWriter packs;
    private final ManifestWriter manifest;

    /// Begins one: from here on nothing goes that it may refer to.
    ///
    /// @param afterPart called after each part of the manifest is stored
    /// @param partBytes when a part ends
    Draft(BackupCatalog catalog, BackupId id, Runnable afterPart, int partBytes) {
        this.catalog = catalog;
        this.id = id;
        this.lease = HeldLease.take(store(), id);
        this.packs = new PackWriter(store(), lease.absent());
        this.manifest =
                new ManifestWriter(
                        store(), id.manifestFolder(), packs::flush, afterPart, partBytes);
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

    /// The newest backup's manifest, and before it what has been stored since by one that was
    /// interrupted. To be closed.
    List<EarlierChunks> earlier() {
        var found = new ArrayList<ManifestReader>();
        for (BackupFolder folder : catalog.folders().descendingMap().values()) {
            if (folder.id().equals(id)) {
                continue;
            }
            switch (catalog.look(folder.id())) {
                case BackupState.Finished(BackupRecord backup) -> {
                    found.add(
                            ManifestReader.of(
                                    store(), folder.id().manifestFolder(), backup.manifest()));
                    return found.stream().map(EarlierChunks::new).toList();
                }
                case BackupState.Damaged _ -> {
                    // What it refers to cannot be told; an older one does as well.
                }
                case BackupState.Unfinished _ -> addInterrupted(found, folder, folder.parts());
                case BackupState.Withdrawn(int parts) -> addInterrupted(found, folder, parts);
            }
        }
        return found.stream().map(EarlierChunks::new).toList();
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

    /// Makes it exist.
    ///
    /// @throws BackupException when it was given up by a sweep
    void publish(BackupRecord backup) {
        catalog.publish(backup);
    }

    private ObjectStore store() {
        return catalog.repository().store();
    }

    @Override
    public void close() {
        lease.close();
    }
}
