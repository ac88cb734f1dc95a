package io.howdah.backup.sweep;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupFolder;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.BackupState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All that was ever begun in a repository, as it is at one moment. Immutable.
///
/// @param finished the backups, oldest first
/// @param withdrawn what was given up, with how many parts of their manifests count
/// @param unfinished what is under way or was interrupted
/// @param folders all of them
record Overview(
        List<BackupRecord> finished,
        Map<BackupId, Integer> withdrawn,
        List<BackupFolder> unfinished,
        Map<BackupId, BackupFolder> folders) {

    /// @throws BackupException when a record is damaged: what it needs cannot be told
    static Overview of(BackupCatalog catalog) {
        var finished = new ArrayList<BackupRecord>();
        var withdrawn = new TreeMap<BackupId, Integer>();
        var unfinished = new ArrayList<BackupFolder>();
        Map<BackupId, BackupFolder> folders = catalog.folders();
        for (BackupFolder folder : folders.values()) {
            if (folder.ended().isEmpty()) {
                unfinished.add(folder);
                continue;
            }
            switch (catalog.look(folder.id())) {
                case BackupState.Finished(BackupRecord backup) -> finished.add(backup);
                case BackupState.Withdrawn(int parts) -> withdrawn.put(folder.id(), parts);
                case BackupState.Damaged damaged -> throw damaged.refusal();
                case BackupState.Unfinished _ -> {
                    // Removed by another sweep since it was listed.
                }
            }
        }
        return new Overview(finished, withdrawn, unfinished, folders);
    }

    /// Whether a backup is newer than all that are finished: the next one goes on from what it has
    /// stored.
    boolean isAhead(BackupId id) {
        return finished.isEmpty() || id.compareTo(finished.getLast().backupId()) > 0;
    }

    /// Whether a backup's lease shows that it is under way.
    static boolean isUnderWay(BackupFolder folder, Instant now) {
        return folder.lease().map(at -> at.plus(Lease.LENGTH).isAfter(now)).orElse(false);
    }
}
