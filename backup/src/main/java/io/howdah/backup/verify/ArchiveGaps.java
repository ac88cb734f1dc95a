package io.howdah.backup.verify;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.sweep.SweptWal;
import io.howdah.backup.wal.WalGap;
import io.howdah.backup.wal.WalIndex;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// What WAL an archive lacks that it should have. Pure but for [#of].
public final class ArchiveGaps {

    private ArchiveGaps() {}

    /// The stretches that are missing in a repository.
    ///
    /// @param index the WAL there
    /// @param now by the store's clock, about
    /// @param damaged told of what cannot be read of what is kept by hand; such a backup counts as
    ///   not kept
    /// @throws StoreUnavailableException when the store cannot say
    public static List<WalGap> of(
            Repository repository, WalIndex index, Instant now, Consumer<BackupException> damaged) {
        List<WalGap> gaps = index.gaps();
        if (gaps.isEmpty()) {
            return gaps;
        }
        Set<BackupId> byHand =
                new Keeps(repository.store())
                        .all(damaged).entrySet().stream()
                                .filter(each -> each.getValue().holds(now))
                                .map(Map.Entry::getKey)
                                .collect(Collectors.toSet());
        SweptWal swept = SweptWal.read(repository.store());
        return byHand.isEmpty() && swept.swept().isEmpty()
                ? gaps
                : unexpected(gaps, new BackupCatalog(repository).all(), byHand, swept);
    }

    /// Without those that sweeps make: behind a backup that is kept by hand its WAL goes when no
    /// rule keeps it, up to the next that a rule does keep; and behind any that is older than the
    /// time for which every moment is to stay within reach. Another backup leads on behind those.
    ///
    /// @param byHand which of the backups are kept by hand
    static List<WalGap> unexpected(
            List<WalGap> gaps, List<BackupRecord> backups, Set<BackupId> byHand, SweptWal swept) {
        return gaps.stream()
                .filter(gap ->
                        !isLedOn(gap, backups)
                                || isAmid(gap, backups)
                                || !(swept.explains(gap) || isBehind(gap, backups, byHand)))
                .toList();
    }

    private static boolean isLedOn(WalGap gap, List<BackupRecord> backups) {
        return backups.stream().anyMatch(each -> each.startLsn().isAtLeast(gap.range().end()));
    }

    /// Whether WAL is missing that a backup needs to be restored at all: no sweep takes that.
    private static boolean isAmid(WalGap gap, List<BackupRecord> backups) {
        return backups.stream()
                .filter(each -> each.timeline().equals(gap.timeline()))
                .anyMatch(each ->
                        each.startLsn().compareTo(gap.range().end()) < 0
                                && each.stopLsn().compareTo(gap.range().start()) > 0);
    }

    /// Whether only backups lie before it that are kept by hand, and one does.
    private static boolean isBehind(WalGap gap, List<BackupRecord> backups, Set<BackupId> byHand) {
        List<BackupId> before =
                backups.stream()
                        .filter(each -> each.startLsn().compareTo(gap.range().start()) < 0)
                        .map(BackupRecord::backupId)
                        .toList();
        return !before.isEmpty() && byHand.containsAll(before);
    }
}
