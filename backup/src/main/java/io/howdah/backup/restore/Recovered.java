package io.howdah.backup.restore;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.Optional;

/// Up to where a server has replayed WAL. Immutable.
///
/// @param timeline the timeline that it began
/// @param reached the end of what it has replayed
/// @param lastCommit when the last transaction in there was committed; empty when there was none
public record Recovered(TimelineId timeline, Lsn reached, Optional<Instant> lastCommit) {}
