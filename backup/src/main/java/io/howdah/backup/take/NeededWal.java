package io.howdah.backup.take;

import io.howdah.backup.BackupException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;

/// The segments of WAL that a backup needs. Pure.
///
/// @param timeline theirs
/// @param first the number of the first segment
/// @param last the number of the last one
/// @param segmentBytes the size of each
record NeededWal(TimelineId timeline, long first, long last, int segmentBytes) {

    /// @throws BackupException when the end lies before the start
    static NeededWal between(TimelineId timeline, Lsn start, Lsn stop, int segmentBytes) {
        if (!stop.isAtLeast(start)) {
            throw new BackupException(
                    "the server ended the backup at " + stop + ", before its start " + start,
                    "take the backup again");
        }
        // A position at a segment's start needs the one before it.
        long last = Long.divideUnsigned(stop.value() - 1, segmentBytes);
        return new NeededWal(
                timeline, Long.divideUnsigned(start.value(), segmentBytes), last, segmentBytes);
    }

    /// The name of a segment's file, as PostgreSQL has it.
    String fileName(long segment) {
        long perId = 0x1_0000_0000L / segmentBytes;
        return "%08X%08X%08X".formatted(timeline.value(), segment / perId, segment % perId);
    }
}
