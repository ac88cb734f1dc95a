package io.howdah.backup.sweep;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.ManifestReader;
import io.howdah.backup.manifest.PackUse;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.pack.PackTable;
import io.howdah.backup.store.ObjectStore;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which packs are referred to.
///
/// @param store where the repository lies
record References(ObjectStore store) {

    /// By one of these backups.
    Set<PackId> of(List<BackupRecord> backups) {
        var packs = new HashSet<PackId>();
        backups.forEach(backup -> use(backup).forEach((pack, _) -> packs.add(pack)));
        return packs;
    }

    /// By a backup, with the bytes that it needs of each.
    PackTable use(BackupRecord backup) {
        return PackUse.read(store, backup.backupId().manifestFolder(), backup.manifest()).packs();
    }

    /// By what an interrupted backup has left.
    ///
    /// @param parts how many parts of its manifest count
    Set<PackId> ofInterrupted(BackupId id, int parts) {
        var packs = new HashSet<PackId>();
        try (ManifestReader manifest =
                ManifestReader.ofInterrupted(store, id.manifestFolder(), parts)) {
            for (Optional<ManifestLine> line = manifest.next();
                    line.isPresent();
                    line = manifest.next()) {
                if (line.get() instanceof ManifestLine.Chunk(var chunk)) {
                    packs.add(chunk.pack());
                }
            }
        }
        return packs;
    }
}
