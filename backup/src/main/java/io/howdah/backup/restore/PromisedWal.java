package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import java.util.Optional;
import java.util.Set;

/// The WAL that a repository had when a restore was planned. To PostgreSQL a segment that is not
/// there is the end of all WAL, and so is a record that is not valid: where either lies before the
/// end that was planned, the restore has failed. Immutable.
///
/// @param plan how the target is reached
/// @param store of the repository
/// @param segments the names of those that lead to the target
record PromisedWal(WalPlan plan, ObjectStore store, Set<String> segments) {

    PromisedWal {
        segments = Set.copyOf(segments);
    }

    static PromisedWal of(WalPlan plan, RestoreTarget target, ObjectStore store) {
        return new PromisedWal(plan, store, Set.copyOf(plan.segments(target)));
    }

    /// What is wrong where a file is not there; empty where nobody has promised it.
    Optional<BackupException> missing(String file) {
        return segments.contains(file) ? Optional.of(vanished(file)) : Optional.empty();
    }

    private BackupException vanished(String segment) {
        return new BackupException(
                "the WAL segment "
                        + segment
                        + " was in "
                        + store
                        + " when this restore began, and is there no more",
                "run it again: it goes on where it was, as far as WAL is there");
    }

    /// What is wrong where a replay to the newest has ended before whole segments: one that ends in
    /// the last segment, or in the one before it, may have met a record that was never complete.
    Optional<BackupException> leftOver(Recovered recovered) {
        Lsn reached = recovered.reached();
        int bytes = plan.backup().walSegmentBytes();
        WalSegment last = WalSegment.at(plan.line().current(), new Lsn(reached.value() - 1), bytes);
        Lsn whole = new Lsn(last.end().value() + bytes);
        return reached.equals(Lsn.ZERO) || whole.compareTo(plan.reach()) > 0
                ? Optional.empty()
                : Optional.of(invalid(recovered));
    }

    private BackupException invalid(Recovered recovered) {
        return new BackupException(
                "the WAL from "
                        + recovered.reached()
                        + " on cannot be replayed, as there is no valid record, though "
                        + store
                        + " has WAL up to "
                        + plan.reach(),
                "to have what lies before it, restore to a time before "
                        + recovered
                                .lastCommit()
                                .map(time -> time + ", of the last commit there, by --to")
                                .orElse("that position, or --immediate"));
    }
}
