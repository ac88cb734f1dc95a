package io.howdah.backup.marker;

import io.howdah.backup.BackupException;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.Rows;
import io.howdah.postgres.wire.SqlIdentifier;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The table `howdah.marker` in the database `postgres`, which has one row; all SQL about it.
public final class MarkerTable {

    /// A commit may wait for standbys for as long as there are none.
    private static final Duration PATIENCE = Duration.ofDays(1);

    private static final String AT =
            "pg_catalog.to_char(pg_catalog.timezone('UTC', at),"
                    + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as at";

    private MarkerTable() {}

    /// Makes the table where there is none, and lets a role write to it.
    ///
    /// @param superuser a session of the primary's superuser
    /// @param writer the role; it may do nothing else there
    /// @throws BackupException when somebody else owns what bears that name
    public static void make(PostgresConnection superuser, SqlIdentifier writer) {
        if (isThere(superuser)) {
            return;
        }
        // Updated in place: the dead versions of the one row are cleared away with its page, and
        // by a vacuum only where a long transaction has kept very many.
        superuser.execute(
                """
                begin;
                create schema if not exists howdah;
                create table howdah.marker (
                    single boolean primary key default true check (single),
                    number bigint not null,
                    at timestamptz not null
                ) with (autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_scale_factor = 0,
                        autovacuum_analyze_threshold = 2000000000);
                insert into howdah.marker (number, at) values (0, pg_catalog.clock_timestamp());
                grant usage on schema howdah to %1$s;
                grant select, update on howdah.marker to %1$s;
                commit
                """
                        .formatted(writer));
    }

    /// Whoever owned it, or the schema, could run what he likes as whoever writes to it.
    private static boolean isThere(PostgresConnection superuser) {
        Rows found =
                superuser.query(
                        """
                        select n.nspname, s.rolsuper and coalesce(o.rolsuper, true) as ours,
                               c.oid is not null as there
                          from pg_catalog.pg_namespace n
                          join pg_catalog.pg_roles s on s.oid = n.nspowner
                          left join pg_catalog.pg_class c
                                 on c.relnamespace = n.oid and c.relname = 'marker'
                          left join pg_catalog.pg_roles o on o.oid = c.relowner
                         where n.nspname = 'howdah'
                        """);
        Optional<Row> row = found.first();
        if (row.isPresent() && !row.get().booleanValue("ours")) {
            throw new BackupException(
                    "the schema howdah in the database postgres, or its table marker, is not the"
                            + " superuser's",
                    "rename what is there; Howdah keeps what is its own under that name");
        }
        return row.isPresent() && row.get().booleanValue("there");
    }

    /// Writes the next one where something was committed since the last, and waits until it is
    /// acknowledged as any commit is.
    ///
    /// @param still since when nothing was
    /// @return empty where nothing was
    static Optional<Next> write(PostgresConnection writer, Stillness still) {
        Optional<Row> written =
                writer.queryWithin(
                                PATIENCE,
                                "update howdah.marker set number = number + 1,"
                                        + " at = pg_catalog.clock_timestamp()"
                                        + " where pg_catalog.pg_current_snapshot()::text <> $1"
                                        + " returning number, "
                                        + AT
                                        + ", pg_catalog.pg_current_snapshot()::text as before,"
                                        + " pg_catalog.pg_current_xact_id()::text as own",
                                still.snapshot())
                        .first();
        return written.map(row ->
                new Next(
                        new WrittenMarker(
                                marker(row),
                                writer.query("select pg_catalog.pg_current_wal_insert_lsn() as lsn")
                                        .single()
                                        .lsn("lsn")),
                        Stillness.after(row.text("before"), row.longValue("own"))));
    }

    /// A marker, and how to know that nothing was committed after it.
    record Next(WrittenMarker written, Stillness still) {}

    /// The newest marker that a server has.
    ///
    /// @return empty where there was never one
    public static Optional<Marker> read(PostgresConnection session) {
        boolean there =
                session.query("select pg_catalog.to_regclass('howdah.marker') is not null as there")
                        .single()
                        .booleanValue("there");
        return there
                ? session.query("select number, " + AT + " from howdah.marker where number > 0")
                        .first()
                        .map(MarkerTable::marker)
                : Optional.empty();
    }

    private static Marker marker(Row row) {
        return new Marker(row.longValue("number"), Instant.parse(row.text("at")));
    }
}
