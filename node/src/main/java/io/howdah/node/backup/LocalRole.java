package io.howdah.node.backup;

import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;

/// What the node's server is at the moment.
final class LocalRole {

    private LocalRole() {}

    /// Whether it is a primary.
    ///
    /// @throws io.howdah.postgres.wire.WireException when it does not answer
    static boolean isPrimary(ConnectionSettings server) {
        try (PostgresConnection session = PostgresConnection.open(server)) {
            return !session.query("select pg_catalog.pg_is_in_recovery() as standby")
                    .single()
                    .booleanValue("standby");
        }
    }
}
