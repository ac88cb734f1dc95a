package io.howdah.backup.sweep;

import io.howdah.backup.pack.PackId;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.List;

/// What is to go. Immutable.
///
/// @param format the version of the format of this file
/// @param id its name
/// @param expired backups that are no longer kept
/// @param kept backups that are kept, and for which it was made
/// @param packs packs that nobody refers to then, so far as was known
/// @param walFrom WAL before this position goes, but for what a backup needs
/// @param walTimeline on timelines up to this one
public record Tombstone(
        int format,
        String id,
        List<String> expired,
        List<String> kept,
        List<PackId> packs,
        Lsn walFrom,
        TimelineId walTimeline) {

    public Tombstone {
        expired = List.copyOf(expired);
        kept = List.copyOf(kept);
        packs = List.copyOf(packs);
    }

    /// Whether WAL that begins there may go.
    public boolean covers(TimelineId timeline, Lsn start) {
        return timeline.compareTo(walTimeline) <= 0 && start.compareTo(walFrom) < 0;
    }
}
