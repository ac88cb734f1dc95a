package io.howdah.backup.catalog;

import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `backup.json` says: all that is needed to choose a backup. Immutable.
///
/// @param format the version of the format of this file and of the manifest
/// @param id the backup's name
/// @param systemIdentifier of the cluster
/// @param postgresVersion the server's version, as in 18.6
/// @param standby whether it was read from a standby
/// @param timeline the timeline of both positions
/// @param startLsn where replay begins
/// @param stopLsn replay must reach it before the copy is consistent
/// @param startTime when it began, by the server's clock
/// @param stopTime when it ended, by the server's clock: the first moment that it can be restored
///   to
/// @param walSegmentBytes the size of one WAL file
/// @param checksums whether the server's pages carry checksums, which were looked at
/// @param tablespaces those outside of the data directory
/// @param storedBytes how many bytes this backup added to the repository, its manifest included
/// @param manifest what its manifest must be
/// @param damagedPages what was damaged on the server
/// @param leftOutLinks what is not in it; null in a record that was written before there was this
public record BackupRecord(
        int format,
        String id,
        SystemId systemIdentifier,
        String postgresVersion,
        boolean standby,
        TimelineId timeline,
        Lsn startLsn,
        Lsn stopLsn,
        Instant startTime,
        Instant stopTime,
        int walSegmentBytes,
        boolean checksums,
        List<Tablespace> tablespaces,
        long storedBytes,
        ManifestSummary manifest,
        DamagedPages damagedPages,
        @Nullable LeftOutLinks leftOutLinks) {

    public BackupRecord {
        tablespaces = List.copyOf(tablespaces);
    }

    /// What is not in it, as far as that was written down.
    public LeftOutLinks links() {
        return leftOutLinks == null ? LeftOutLinks.NONE : leftOutLinks;
    }

    /// Its name.
    public BackupId backupId() {
        return new BackupId(id);
    }

    /// Whether a line of timelines leads over its end: only then a moment of that line is reached
    /// from it.
    public boolean leadsTo(TimelineHistory line) {
        return line.includes(timeline)
                && line.endOf(timeline).map(end -> end.isAtLeast(stopLsn)).orElse(true);
    }
}
