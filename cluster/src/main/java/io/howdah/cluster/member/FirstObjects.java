package io.howdah.cluster.member;

import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ScramVerifier;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.SqlLiteral;

/// What a new cluster contains: the roles of its members, and the application's database.
///
/// @param settings of the node that initialises
/// @param superuser how to connect as the superuser
record FirstObjects(ManagedSettings settings, ConnectionSettings superuser) {

    void create() {
        new RoleUpkeep(superuser, settings.secrets()).keep();
        try (PostgresConnection connection = PostgresConnection.open(superuser)) {
            RoleUpkeep.prepare(connection);
            if (settings.installation().hasExtension("pg_stat_statements")) {
                connection.execute(
                        "create extension if not exists pg_stat_statements schema public");
            }
            ManagedSettings.FirstDatabase database = settings.firstDatabase();
            if (database != null) {
                SqlIdentifier owner = new SqlIdentifier(database.owner());
                connection.execute(
                        "create role "
                                + owner
                                + " login password "
                                + new SqlLiteral(ScramVerifier.of(database.password())));
                connection.execute(
                        "create database "
                                + new SqlIdentifier(database.name())
                                + " owner "
                                + owner);
            }
        }
    }
}
