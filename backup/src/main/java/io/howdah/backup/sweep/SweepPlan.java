package io.howdah.backup.sweep;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.keep.KeepPolicy;
import io.howdah.backup.keep.WalKeep;
import io.howdah.backup.pack.PackId;
import java.util.List;
import java.util.Optional;

/// What a sweep finds to do. Immutable.
///
/// @param backups what is said of each backup, oldest first
/// @param interrupted unfinished backups that nobody goes on from
/// @param packs packs that nobody refers to then
/// @param packBytes how many bytes they have together
/// @param worn packs of which the newest backup needs less than half
/// @param wal which WAL is kept; empty where there is no backup, and so nothing goes
/// @param walObjects how many segments and pieces go
/// @param walBytes how many bytes they have together
public record SweepPlan(
        List<KeepPolicy.Verdict> backups,
        List<BackupId> interrupted,
        List<PackId> packs,
        long packBytes,
        List<PackId> worn,
        Optional<WalKeep> wal,
        long walObjects,
        long walBytes) {

    static final SweepPlan NOTHING =
            new SweepPlan(List.of(), List.of(), List.of(), 0, List.of(), Optional.empty(), 0, 0);

    public SweepPlan {
        backups = List.copyOf(backups);
        interrupted = List.copyOf(interrupted);
        packs = List.copyOf(packs);
        worn = List.copyOf(worn);
    }

    /// Names of the backups that go, or that stay.
    List<String> names(boolean kept) {
        return backups.stream()
                .filter(each -> each.isKept() == kept)
                .map(each -> each.backup().id().text())
                .toList();
    }

    /// Whether there is nothing to remove.
    public boolean isEmpty() {
        return names(false).isEmpty()
                && interrupted.isEmpty()
                && packs.isEmpty()
                && walObjects == 0;
    }
}
