package io.howdah.node.api;

import java.time.Instant;

/// A backup that is under way. Immutable.
///
/// @param id its name, which it has in `backup list` when it has ended
/// @param member the server that is read
/// @param since when it began
/// @param doneBytes how much was read
/// @param totalBytes how much there is to read, about
/// @param storedBytes how much it has added to the repository
public record BackupStatus(
        String id,
        String member,
        Instant since,
        long doneBytes,
        long totalBytes,
        long storedBytes) {}
