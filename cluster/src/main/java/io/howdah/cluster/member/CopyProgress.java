package io.howdah.cluster.member;

/// How far a copy of the data directory is. Immutable.
///
/// @param from the node, or else what it is copied from
/// @param doneBytes what has arrived
/// @param totalBytes the source's estimate of the whole, never below `doneBytes`
public record CopyProgress(String from, long doneBytes, long totalBytes) {}
