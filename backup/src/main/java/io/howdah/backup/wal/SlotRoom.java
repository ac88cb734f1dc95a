package io.howdah.backup.wal;

import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.SqlIdentifier;
import java.util.Optional;

/// How much WAL a primary may still write before the archive's slot has kept more than it may and
/// is lost; all SQL about that, and about who writes on. Immutable.
///
/// @param leftBytes how much; negative once a checkpoint may let go of the slot
/// @param mostBytes `max_slot_wal_keep_size`
public record SlotRoom(long leftBytes, long mostBytes) {

    /// Asks a server.
    ///
    /// @param slot the archive's
    /// @return empty on a standby, and where nothing is bounded: there is no slot, it is lost
    ///   already, or `max_slot_wal_keep_size` is -1
    public static Optional<SlotRoom> look(PostgresConnection session, SqlIdentifier slot) {
        Optional<Row> found =
                session.query(
                                """
                                select s.safe_wal_size as bytes_left,
                                       pg_catalog.pg_size_bytes(
                                           pg_catalog.current_setting('max_slot_wal_keep_size'))
                                           as most
                                  from pg_catalog.pg_replication_slots s
                                 where s.slot_name = $1 and s.safe_wal_size is not null
                                   and not pg_catalog.pg_is_in_recovery()
                                """,
                                slot.name())
                        .first();
        return found.map(row -> new SlotRoom(row.longValue("bytes_left"), row.longValue("most")));
    }

    /// Less than a quarter: nothing new is to be written.
    public boolean isShort() {
        return leftBytes < mostBytes / 4;
    }

    /// Less than an eighth: what was begun before has to end, too.
    public boolean isNearlyGone() {
        return leftBytes < mostBytes / 8;
    }

    /// At least a half: writing can go on.
    public boolean isAmple() {
        return leftBytes >= mostBytes / 2;
    }

    /// Ends the sessions of clients whose transaction has written. One that waits for standbys has
    /// written its last.
    ///
    /// @param session a superuser's
    /// @return how many
    public static int endWriters(PostgresConnection session) {
        return session.query(
                        """
                        select pg_catalog.pg_terminate_backend(pid)
                          from pg_catalog.pg_stat_activity
                         where backend_type = 'client backend' and backend_xid is not null
                           and wait_event is distinct from 'SyncRep'
                           and pid <> pg_catalog.pg_backend_pid()
                        """)
                .size();
    }
}
