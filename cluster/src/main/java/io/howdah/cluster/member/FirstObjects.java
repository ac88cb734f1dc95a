package io.howdah.cluster.member;

import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Secret;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.SqlLiteral;

/// What a new cluster contains: the roles of its members, each with no more than it needs, and the
/// application's database.
///
/// @param settings of the node that initialises
/// @param superuser how to connect as the superuser
record FirstObjects(ManagedSettings settings, ConnectionSettings superuser) {

    void create() {
        try (PostgresConnection connection = PostgresConnection.open(superuser)) {
            // passwords stand in these statements: they must not reach the log, even where one
            // fails
            connection.execute("set log_min_error_statement = panic; set log_statement = none");
            connection.execute("set log_min_duration_statement = -1");
            role(
                    connection,
                    ServerRoles.REPLICATION,
                    "replication",
                    settings.replicationPassword());
            role(connection, ServerRoles.REWIND, "", settings.rewindPassword());
            SqlIdentifier rewind = new SqlIdentifier(ServerRoles.REWIND);
            for (String function :
                    new String[] {
                        "pg_ls_dir(text, boolean, boolean)",
                        "pg_stat_file(text, boolean)",
                        "pg_read_binary_file(text)",
                        "pg_read_binary_file(text, bigint, bigint, boolean)"
                    }) {
                connection.execute(
                        "grant execute on function pg_catalog." + function + " to " + rewind);
            }
            connection.execute("grant pg_checkpoint to " + rewind);
            if (settings.installation().hasExtension("pg_stat_statements")) {
                connection.execute("create extension if not exists pg_stat_statements");
            }
            ManagedSettings.FirstDatabase database = settings.firstDatabase();
            if (database != null) {
                role(connection, database.owner(), "", database.password());
                connection.execute(
                        "create database "
                                + new SqlIdentifier(database.name())
                                + " owner "
                                + new SqlIdentifier(database.owner()));
            }
        }
    }

    private static void role(
            PostgresConnection connection, String name, String attributes, Secret password) {
        connection.execute(
                "create role "
                        + new SqlIdentifier(name)
                        + " login "
                        + attributes
                        + " password "
                        + new SqlLiteral(new String(password.reveal())));
    }
}
