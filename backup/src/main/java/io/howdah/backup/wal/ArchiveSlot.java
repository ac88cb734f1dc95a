package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.Rows;
import io.howdah.postgres.wire.SqlIdentifier;
import java.util.Optional;

/// The slot that keeps WAL on a server until every repository has it; all SQL about it. Nobody
/// streams through it: a server that stops waits until who streams confirms all, and it must never
/// wait for a repository. Immutable.
///
/// @param name the same on every member
record ArchiveSlot(SqlIdentifier name) {

    /// Makes the slot where there is none, or one that has kept more than it may and is lost.
    ///
    /// @return from where on it keeps WAL
    Lsn keep(PostgresConnection session) {
        Optional<Row> found = find(session);
        if (found.isPresent() && found.get().booleanValue("lost")) {
            session.query("select pg_catalog.pg_drop_replication_slot($1)", name.name());
            found = Optional.empty();
        }
        if (found.isEmpty()) {
            session.query(
                    "select pg_catalog.pg_create_physical_replication_slot($1, true)", name.name());
            found = find(session);
        }
        return found.flatMap(row -> row.optionalLsn("restart_lsn")).orElse(Lsn.ZERO);
    }

    private Optional<Row> find(PostgresConnection session) {
        Rows rows =
                session.query(
                        "select restart_lsn, wal_status is not distinct from 'lost' as lost"
                                + " from pg_catalog.pg_replication_slots where slot_name = $1",
                        name.name());
        return rows.first();
    }

    /// How far the server's own WAL is flushed, or replayed on a standby.
    Lsn serverEnd(PostgresConnection session) {
        return session.query(
                        """
                        select case when pg_catalog.pg_is_in_recovery()
                                    then pg_catalog.pg_last_wal_replay_lsn()
                                    else pg_catalog.pg_current_wal_flush_lsn() end as written
                        """)
                .single()
                .optionalLsn("written")
                .orElse(Lsn.ZERO);
    }

    /// Lets go of what lies before a position.
    ///
    /// @param to at or past where it is
    void advance(PostgresConnection session, Lsn to) {
        session.query(
                "select end_lsn from pg_catalog.pg_replication_slot_advance($1,"
                        + " $2::text::pg_catalog.pg_lsn)",
                name.name(),
                to.toString());
    }
}
