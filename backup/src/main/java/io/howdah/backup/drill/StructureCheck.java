package io.howdah.backup.drill;

import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.Rows;
import io.howdah.postgres.wire.SqlIdentifier;
import java.util.ArrayList;
import java.util.List;

/// Looks at every table and every B-tree of a database by PostgreSQL's own `amcheck`: whether each
/// index holds exactly what its table does, in order. All SQL of it. Not thread-safe.
final class StructureCheck {

    /// More would tell nothing new.
    private static final int MOST_TOLD = 50;

    private final PostgresConnection session;
    private final List<String> findings = new ArrayList<>();

    StructureCheck(PostgresConnection session) {
        this.session = session;
    }

    /// Whether `amcheck` is installed with this PostgreSQL.
    static boolean isAvailable(PostgresConnection session) {
        return !session.query(
                        "select from pg_catalog.pg_available_extensions where name = 'amcheck'")
                .isEmpty();
    }

    /// Looks at all of them.
    ///
    /// @return what is wrong
    List<String> run() {
        String schema = extension();
        for (Row index : relations("'i'", "btree")) {
            check(
                    index,
                    "select from " + schema + ".bt_index_parent_check($1::oid::regclass, true)");
        }
        for (Row table : relations("'r', 'm', 't'", "heap")) {
            check(
                    table,
                    "select pg_catalog.format('block %s: %s', blkno, msg) as wrong from "
                            + schema
                            + ".verify_heapam($1::oid::regclass, check_toast => true)");
        }
        return List.copyOf(findings);
    }

    /// It is the copy's own: where it is missing, it is made there.
    private String extension() {
        Rows there =
                session.query(
                        "select n.nspname::text as name from pg_catalog.pg_extension e"
                                + " join pg_catalog.pg_namespace n on n.oid = e.extnamespace"
                                + " where e.extname = 'amcheck'");
        if (there.isEmpty()) {
            session.execute(
                    "create schema howdah_drill; create extension amcheck schema howdah_drill");
            return "howdah_drill";
        }
        return new SqlIdentifier(there.single().text("name")).quoted();
    }

    private Rows relations(String kinds, String method) {
        return session.queryWithin(
                Copy.PATIENCE,
                """
                select c.oid::bigint as oid, n.nspname || '.' || c.relname as name
                  from pg_catalog.pg_class c
                  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                  join pg_catalog.pg_am a on a.oid = c.relam
                  left join pg_catalog.pg_index i on i.indexrelid = c.oid
                 where c.relkind in (%s) and a.amname = $1 and c.relpersistence = 'p'
                   and coalesce(i.indisvalid and i.indisready, true)
                 order by c.oid
                """
                        .formatted(kinds),
                method);
    }

    private void check(Row relation, String query) {
        try {
            Rows rows = session.queryWithin(Copy.PATIENCE, query, relation.longValue("oid"));
            if (!rows.columns().isEmpty()) {
                rows.forEach(row -> add(relation, row.text("wrong")));
            }
        } catch (PostgresServerException e) {
            add(relation, String.valueOf(e.getMessage()));
        }
    }

    private void add(Row relation, String wrong) {
        if (findings.size() < MOST_TOLD) {
            findings.add(relation.text("name") + ": " + wrong);
        }
    }
}
