package io.howdah.backup.marker;

import java.time.Instant;

/// What the marker's row says. Immutable.
///
/// @param number counts up with each that is written
/// @param at when it was written, by the server's clock
public record Marker(long number, Instant at) {}
