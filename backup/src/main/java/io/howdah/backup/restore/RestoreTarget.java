package io.howdah.backup.restore;

import io.howdah.postgres.Lsn;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/// Up to where WAL is replayed.
public sealed interface RestoreTarget {

    /// With an offset in numbers: PostgreSQL knows no abbreviations, not even Z, before it has
    /// started.
    DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSxxx", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /// To the end of what is archived.
    record Latest() implements RestoreTarget {}

    /// To the first moment at which the backup is consistent.
    record Immediate() implements RestoreTarget {}

    /// To the last transaction that was committed at that time or before.
    record At(Instant time) implements RestoreTarget {}

    /// To a position in the WAL, which is included.
    record Position(Lsn lsn) implements RestoreTarget {}

    /// To a transaction, which is included.
    ///
    /// @param xid its number, as `pg_current_xact_id()` gives it
    record Transaction(long xid) implements RestoreTarget {}

    /// To a restore point that was made by `pg_create_restore_point`.
    record Name(String name) implements RestoreTarget {}

    /// PostgreSQL's settings for it.
    default Map<String, String> settings() {
        return switch (this) {
            case Latest _ -> Map.of();
            case Immediate _ -> Map.of("recovery_target", "immediate");
            case At(Instant time) -> Map.of("recovery_target_time", TIME.format(time));
            case Position(Lsn lsn) -> Map.of("recovery_target_lsn", lsn.toString());
            case Transaction(long xid) -> Map.of("recovery_target_xid", Long.toString(xid));
            case Name(String name) -> Map.of("recovery_target_name", name);
        };
    }

    /// Whether only replay shows where it lies: before the backup that is restored, or after all
    /// that is archived, it may be as well.
    default boolean isSought() {
        return switch (this) {
            case Transaction _, Name _ -> true;
            case Latest _, Immediate _, At _, Position _ -> false;
        };
    }

    /// What to do when all WAL was replayed, and it was not reached.
    ///
    /// @param backup where replay began
    /// @param reach where it ended
    default String hintWhenMissed(String backup, Lsn reach) {
        return isSought()
                ? "it came before the backup "
                        + backup
                        + " ended, from which WAL was replayed, or after "
                        + reach
                        + ", where the archive ends: name an earlier backup with --backup, or another"
                        + " target"
                : "choose an earlier target, or --latest, and run it again";
    }

    /// What to do when it was reached before all that the backup holds was whole.
    ///
    /// @param backup where replay began
    static String hintWhenTooEarly(String backup) {
        return "the target lies before the end of the backup "
                + backup
                + ", from which WAL was replayed: name an earlier backup with --backup, or a later"
                + " target";
    }

    /// As an operator reads it.
    default String description() {
        return switch (this) {
            case Latest _ -> "the newest WAL";
            case Immediate _ -> "the end of the backup";
            case At(Instant time) -> time.toString();
            case Position(Lsn lsn) -> "the position " + lsn;
            case Transaction(long xid) -> "the transaction " + xid;
            case Name(String name) -> "the restore point '" + name + "'";
        };
    }
}
