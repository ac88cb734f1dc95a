package io.howdah.backup.verify;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.StoreUnavailableException;
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
        return byHand.isEmpty()
                ? gaps
                : unexpected(gaps, new BackupCatalog(repository).all(), byHand);
    }

    /// Without those that only backups lie before which are kept by hand, and another one behind:
    /// the WAL behind such a one goes when no rule keeps it, up to the next that a rule does keep.
    ///
    /// @param byHand which of the backups are kept by hand
    static List<WalGap> unexpected(
            List<WalGap> gaps, List<BackupRecord> backups, Set<BackupId> byHand) {
        return gaps.stream()
                .filter(gap -> {
                    List<BackupId> before =
                            backups.stream()
                                    .filter(each ->
                                            each.startLsn().compareTo(gap.range().start()) < 0)
                                    .map(BackupRecord::backupId)
                                    .toList();
                    boolean leadsOn =
                            backups.stream()
                                    .anyMatch(each -> each.startLsn().isAtLeast(gap.range().end()));
                    return before.isEmpty() || !byHand.containsAll(before) || !leadsOn;
                })
                .toList();
    }
}
