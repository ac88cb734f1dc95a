package io.howdah.cli.backup;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Keep;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A backup as it is listed. Immutable.
///
/// @param backup what its record says
/// @param kept whether it stays whatever the rules say
/// @param keptUntil up to when; null for no end, and where it is not kept
public record ListedBackup(
        @JsonUnwrapped BackupRecord backup, boolean kept, @Nullable Instant keptUntil) {

    /// Backups with what was said of them.
    ///
    /// @param keeps what was said last of each of which anything was
    /// @param now by the store's clock, about
    public static List<ListedBackup> of(
            List<BackupRecord> backups, Map<BackupId, Keep> keeps, Instant now) {
        return backups.stream().map(each -> of(each, keeps.get(each.backupId()), now)).toList();
    }

    private static ListedBackup of(BackupRecord backup, @Nullable Keep keep, Instant now) {
        return keep != null && keep.holds(now)
                ? new ListedBackup(backup, true, keep.until())
                : new ListedBackup(backup, false, null);
    }
}
