package io.howdah.backup.marker;

import io.howdah.postgres.Lsn;

/// A marker that was acknowledged. Immutable.
///
/// @param marker what was written
/// @param end a position that its commit lies before
public record WrittenMarker(Marker marker, Lsn end) {}
