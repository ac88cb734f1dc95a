package io.howdah.cluster.state;

import io.howdah.postgres.Lsn;

/// How far a leader had written when it last renewed its lease: what it acknowledged may reach
/// further, but not less far. Shown where data may be lost; no rule reads it. Immutable.
///
/// @param epoch the leader's epoch
/// @param lsn the end of its flushed WAL
public record Written(Epoch epoch, Lsn lsn) {}
