package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Duration;

/// How far an archive has come. Immutable.
///
/// @param timeline the timeline that is archived; the oldest one where repositories differ
/// @param archived up to where every repository has it
/// @param serverEnd how far the server's WAL goes, as it said last
/// @param behind for how long the oldest WAL that is not in every repository has been there, as far
///   as this process knows: what would be lost, in time, if the server were lost now; zero when
///   nothing would be
public record WalArchiveStatus(TimelineId timeline, Lsn archived, Lsn serverEnd, Duration behind) {

    /// Bytes that the server has and not every repository.
    public long behindBytes() {
        return Math.max(0, serverEnd.bytesSince(archived));
    }
}
