package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.wal.WalIndex;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.List;

/// Finds the backup that a target is reached from: the newest one that ended before it, on a
/// timeline that leads there.
///
/// @param catalog the backups there are
/// @param index the WAL there is
record BackupChoice(BackupCatalog catalog, WalIndex index) {

    /// The backup, and the WAL that leads from it to the target.
    ///
    /// @throws BackupException when there is none
    WalPlan choose(RestoreRequest request) {
        List<BackupRecord> candidates = candidates(request);
        TimelineHistory line =
                WalPlan.line(
                        index,
                        request,
                        candidates.stream()
                                .map(BackupRecord::timeline)
                                .reduce(TimelineId.FIRST, TimelineId::max));
        List<BackupRecord> onLine = candidates.stream().filter(each -> each.leadsTo(line)).toList();
        if (onLine.isEmpty()) {
            throw new BackupException(
                    "timeline "
                            + line.current()
                            + " does not lead over the end of the backup "
                            + candidates.getLast().id()
                            + ", which lies at "
                            + candidates.getLast().stopLsn()
                            + " on timeline "
                            + candidates.getLast().timeline(),
                    "name its timeline: --timeline " + candidates.getLast().timeline());
        }
        BackupRecord backup =
                onLine.reversed().stream()
                        .filter(each -> reaches(each, request.target()))
                        .findFirst()
                        .orElseThrow(() -> tooEarly(onLine.getFirst(), request.target()));
        return WalPlan.of(index, line, backup, request.target());
    }

    /// Oldest first, and one at least.
    private List<BackupRecord> candidates(RestoreRequest request) {
        if (request.backup().isPresent()) {
            BackupId id = request.backup().get();
            return List.of(
                    catalog.find(id)
                            .orElseThrow(() ->
                                    new BackupException(
                                            "there is no backup "
                                                    + id
                                                    + " in "
                                                    + catalog.repository().store(),
                                            "see `howdah backup list`")));
        }
        List<BackupRecord> all = catalog.all();
        if (all.isEmpty()) {
            throw new BackupException(
                    "there is no backup in " + catalog.repository().store() + " yet",
                    "take one: `howdah backup`");
        }
        return all;
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
