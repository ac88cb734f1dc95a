package io.howdah.backup.keep;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.wal.WalIndex;
import io.howdah.postgres.TimelineHistory;
import java.util.Optional;

/// The line of timelines on which a cluster goes on. A backup may lie beside it: one that a lost
/// primary has ended beyond the fork, or that is of a time before which everything was restored.
/// However new that one is, no moment of the line is reached from it. Immutable.
///
/// @param history the line; empty where it is not known, and then every backup counts as on it
public record NewestLine(Optional<TimelineHistory> history) {

    /// A line of which nothing is known.
    public static final NewestLine UNKNOWN = new NewestLine(Optional.empty());

    /// The line of the newest timeline that a repository has something of.
    ///
    /// @throws io.howdah.backup.BackupException when its history is damaged
    public static NewestLine of(WalIndex index) {
        return new NewestLine(index.newest().flatMap(index::history));
    }

    /// Whether it is reached from a backup.
    public boolean isReachedFrom(BackupRecord backup) {
        return history.map(backup::leadsTo).orElse(true);
    }
}
