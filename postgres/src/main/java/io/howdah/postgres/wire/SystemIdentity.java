package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;

/// What a server says of itself to `IDENTIFY_SYSTEM`. Immutable.
///
/// @param systemId the identity that initdb gave
/// @param timeline the timeline that is written, or on a standby replayed, now
/// @param position the WAL position that is flushed; on a standby the last received or replayed one
public record SystemIdentity(SystemId systemId, TimelineId timeline, Lsn position) {}
