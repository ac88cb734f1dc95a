package io.howdah.cluster.member;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/// Where a fresh copy of the cluster's data may come from beside its members: an archive of backups
/// and WAL. What comes from there is judged as any copy is.
public interface CopySource {

    /// What a copy is to be.
    ///
    /// @param system the cluster's database
    /// @param line the leader's timelines, which it must lie on
    /// @param major of the PostgreSQL that runs it
    /// @param directory an empty directory, of the user that runs PostgreSQL
    /// @param tablespace makes the place for a tablespace, by where the server has it
    /// @param progress hears how many bytes of how many are there
    record Wanted(
            SystemId system,
            TimelineHistory line,
            int major,
            Path directory,
            UnaryOperator<Path> tablespace,
            Progress progress) {}

    /// Hears how a copy gets on.
    @FunctionalInterface
    interface Progress {
        /// So much is there.
        void now(long doneBytes, long totalBytes);
    }

    /// Makes one that a standby can be started on: with `backup_label` and all WAL that there is.
    ///
    /// @return up to where it has WAL on that line
    /// @throws RuntimeException when it cannot, with a fact
    Lsn copy(Wanted wanted);

    /// Where it comes from, as an operator knows it.
    @Override
    String toString();
}
