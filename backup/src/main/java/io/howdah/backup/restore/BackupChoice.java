package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import java.util.List;

/// Finds the backup that a target is reached from: the newest one that ended before it.
///
/// @param catalog the backups there are
record BackupChoice(BackupCatalog catalog) {

    /// @throws BackupException when there is none
    BackupRecord choose(RestoreRequest request) {
        if (request.backup().isPresent()) {
            BackupId id = request.backup().get();
            BackupRecord backup =
                    catalog.find(id)
                            .orElseThrow(() ->
                                    new BackupException(
                                            "there is no backup "
                                                    + id
                                                    + " in "
                                                    + catalog.repository().store(),
                                            "see `howdah backup list`"));
            requireReach(backup, request.target());
            return backup;
        }
        List<BackupRecord> all = catalog.all();
        if (all.isEmpty()) {
            throw new BackupException(
                    "there is no backup in " + catalog.repository().store() + " yet",
                    "take one: `howdah backup`");
        }
        return all.reversed().stream()
                .filter(each -> reaches(each, request.target()))
                .findFirst()
                .orElseThrow(() -> tooEarly(all.getFirst(), request.target()));
    }

    private static boolean reaches(BackupRecord backup, RestoreTarget target) {
        return switch (target) {
            case RestoreTarget.At(var time) -> !time.isBefore(backup.stopTime());
            case RestoreTarget.Position(var lsn) -> lsn.isAtLeast(backup.stopLsn());
            case RestoreTarget.Latest _,
                    RestoreTarget.Immediate _,
                    RestoreTarget.Transaction _,
                    RestoreTarget.Name _ ->
                    true;
        };
    }

    private static void requireReach(BackupRecord backup, RestoreTarget target) {
        if (!reaches(backup, target)) {
            throw tooEarly(backup, target);
        }
    }

    private static BackupException tooEarly(BackupRecord backup, RestoreTarget target) {
        return new BackupException(
                "the target "
                        + target.description()
                        + " lies before the end of the backup "
                        + backup.id()
                        + ", which is the first moment that it can be restored to: "
                        + backup.stopTime()
                        + ", "
                        + backup.stopLsn(),
                "choose a later target");
    }
}
