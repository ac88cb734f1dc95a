package io.howdah.cluster.member;

import io.howdah.cluster.state.NodeName;

/// How far a copy of the data directory is. Immutable.
///
/// @param from the node it is copied from
/// @param doneBytes what has arrived
/// @param totalBytes the source's estimate of the whole, never below `doneBytes`
public record CopyProgress(NodeName from, long doneBytes, long totalBytes) {}
