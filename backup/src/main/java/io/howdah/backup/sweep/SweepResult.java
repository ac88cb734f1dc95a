package io.howdah.backup.sweep;

import io.howdah.backup.catalog.BackupId;
import java.util.List;

/// What a sweep has done. Immutable.
///
/// @param plan what it found to do, besides what earlier sweeps had left
/// @param backups how many backups are gone
/// @param packs how many packs
/// @param walObjects how many segments and pieces of WAL
/// @param waitsFor backups that are under way, and have to end before the rest can go
public record SweepResult(
        SweepPlan plan, int backups, int packs, int walObjects, List<BackupId> waitsFor) {

    public SweepResult {
        waitsFor = List.copyOf(waitsFor);
    }
}
