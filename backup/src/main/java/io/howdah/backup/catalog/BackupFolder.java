package io.howdah.backup.catalog;

import java.time.Instant;
import java.util.Optional;

/// What a listing shows of one backup: nothing of it was read yet. Immutable.
///
/// @param id its name
/// @param ended when its `backup.json` was put, by the store's clock; empty while there is none
/// @param lease when its lease was renewed last, by the store's clock; empty where there is none
/// @param parts how many parts its manifest has so far
public record BackupFolder(
        BackupId id, Optional<Instant> ended, Optional<Instant> lease, int parts) {

    static final String RECORD = "backup.json";
    static final String LEASE = "lease.json";

    static BackupFolder empty(BackupId id) {
        return new BackupFolder(id, Optional.empty(), Optional.empty(), 0);
    }

    /// With one more of its objects.
    ///
    /// @param name of the object, below the backup's folder
    BackupFolder with(String name, Instant modified) {
        return switch (name) {
            case RECORD -> new BackupFolder(id, Optional.of(modified), lease, parts);
            case LEASE -> new BackupFolder(id, ended, Optional.of(modified), parts);
            default ->
                    name.matches("manifest/[0-9]{8}\\.zst")
                            ? new BackupFolder(id, ended, lease, parts + 1)
                            : this;
        };
    }
}
