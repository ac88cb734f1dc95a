package io.howdah.backup.drill;

import io.howdah.backup.marker.Marker;
import io.howdah.backup.marker.MarkerTable;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.Rows;
import io.howdah.postgres.wire.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A restored copy that runs on a socket of its own; all SQL on it but that of [StructureCheck].
/// Whatever roles and databases are set to, these sessions load nothing and are bounded by nothing.
///
/// @param address where it listens
record Copy(ServerAddress address) {

    /// Nothing bounds the time that a large table takes.
    static final Duration PATIENCE = Duration.ofDays(1);

    private static final String SUPERUSER = "postgres";

    PostgresConnection connect(String database) {
        return PostgresConnection.open(
                ConnectionSettings.of(address, SUPERUSER)
                        .withDatabase(database)
                        .withApplicationName("howdah drill")
                        .withServerSetting("session_preload_libraries", "")
                        .withServerSetting("local_preload_libraries", "")
                        .withServerSetting("search_path", "\"$user\", public")
                        .withServerSetting("statement_timeout", "0")
                        .withServerSetting("idle_session_timeout", "0"));
    }

    /// What there is to look at.
    ///
    /// @param databases those that can be connected to
    /// @param invalid those that an interrupted DROP DATABASE has left: they let nobody in
    /// @param amcheck whether this PostgreSQL has it
    record Inventory(List<String> databases, List<String> invalid, boolean amcheck) {}

    /// What there is, and the time of the first query.
    Inventory inventory() {
        try (PostgresConnection session = connect("postgres")) {
            return new Inventory(
                    databases(session, "datallowconn and datconnlimit <> -2"),
                    databases(session, "datallowconn and datconnlimit = -2"),
                    StructureCheck.isAvailable(session));
        }
    }

    private static List<String> databases(PostgresConnection session, String which) {
        return session
                .query(
                        "select datname::text as name from pg_catalog.pg_database where "
                                + which
                                + " order by datname")
                .stream()
                .map(row -> row.text("name"))
                .toList();
    }

    Optional<Marker> marker() {
        try (PostgresConnection session = connect("postgres")) {
            return MarkerTable.read(session);
        }
    }

    /// What is wrong with an assertion; nothing when it holds.
    List<String> ask(Assertion assertion) {
        try (PostgresConnection session = connect(assertion.database())) {
            session.execute("set default_transaction_read_only = on");
            Rows rows = session.queryWithin(PATIENCE, assertion.query());
            if (rows.size() == 1 && isTrue(rows.columns(), rows.single())) {
                return List.of();
            }
            var told = new ArrayList<String>();
            told.add("it answers " + (rows.size() == 1 ? text(rows) : rows.size() + " rows"));
            return told;
        }
    }

    private static boolean isTrue(List<String> columns, Row row) {
        return row.optionalText(columns.getFirst()).filter("t"::equals).isPresent();
    }

    private static String text(Rows rows) {
        return "'" + rows.single().optionalText(rows.columns().getFirst()).orElse("null") + "'";
    }
}
