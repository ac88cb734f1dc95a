package io.howdah.backup.restore;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.wal.WalGap;
import io.howdah.backup.wal.WalIndex;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which moments a repository leads back to on its newest timeline. Immutable.
///
/// @param from the backup it begins with: its end is the first of them
/// @param timeline the newest timeline
/// @param reach the end of the WAL that follows without a gap
/// @param newestCommit when the last transaction in it ended; empty when that cannot be said
/// @param gap what WAL is missing behind it, and keeps from what is newer; empty: nothing is newer
public record RestoreWindow(
        BackupRecord from,
        TimelineId timeline,
        Lsn reach,
        Optional<Instant> newestCommit,
        Optional<WalGap> gap) {

    /// The window that reaches as far as the repository does: of those the longest. Where a gap
    /// keeps every backup from the newest WAL, that of the newest backup.
    ///
    /// @param backups all there are, oldest first
    /// @return empty where no backup has the WAL that it needs, or the newest timeline's history is
    ///   not there
    /// @throws StoreUnavailableException when the store cannot say what is there
    public static Optional<RestoreWindow> of(Repository repository, List<BackupRecord> backups) {
        WalIndex index =
                WalIndex.read(repository.store(), repository.identity().systemIdentifier());
        TimelineId newest =
                index.newest()
                        .or(() ->
                                backups.stream()
                                        .map(BackupRecord::timeline)
                                        .max(TimelineId::compareTo))
                        .orElse(TimelineId.FIRST);
        return index.damaged().containsKey(newest)
                ? Optional.empty()
                : index.history(newest).flatMap(line -> of(repository, index, line, backups));
    }

    private static Optional<RestoreWindow> of(
            Repository repository,
            WalIndex index,
            TimelineHistory line,
            List<BackupRecord> backups) {
        List<BackupRecord> whole =
                backups.stream()
                        .filter(each -> each.leadsTo(line))
                        .filter(each ->
                                index.reach(line, each.timeline(), each.startLsn())
                                        .isAtLeast(each.stopLsn()))
                        .toList();
        return whole.stream()
                .filter(each -> index.nextGap(line, each.timeline(), each.startLsn()).isEmpty())
                .findFirst()
                .or(() -> whole.reversed().stream().findFirst())
                .map(from -> from(repository, index, line, from));
    }

    private static RestoreWindow from(
            Repository repository, WalIndex index, TimelineHistory line, BackupRecord from) {
        Lsn reach = index.reach(line, from.timeline(), from.startLsn());
        var plan = new WalPlan(from, line, reach, index.histories().keySet());
        return new RestoreWindow(
                from,
                line.current(),
                reach,
                new NewestCommit(plan, repository.store()).find(),
                index.nextGap(line, from.timeline(), from.startLsn()));
    }
}
