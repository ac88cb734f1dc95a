package io.howdah.node.backup;

import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;

/// What the node's server is at the moment.
enum LocalRole {
    PRIMARY,

    /// A standby that receives and replays what its primary writes.
    FOLLOWING,

    /// A standby that is behind: it receives nothing, its replay is paused, or has much to do.
    BEHIND;

    /// How much a standby may have received and not replayed.
    private static final long MOST_BEHIND_BYTES = 1L << 30;

    /// Asks the server.
    ///
    /// @throws io.howdah.postgres.wire.WireException when it does not answer
    static LocalRole of(ConnectionSettings server) {
        try (PostgresConnection session = PostgresConnection.open(server)) {
            if (!session.query("select pg_catalog.pg_is_in_recovery() as standby")
                    .single()
                    .booleanValue("standby")) {
                return PRIMARY;
            }
            boolean follows =
                    session.query(
                                    """
                                    select coalesce(not pg_catalog.pg_is_wal_replay_paused()
                                             and pg_catalog.pg_last_wal_receive_lsn()
                                                 - pg_catalog.pg_last_wal_replay_lsn() <= $1::text::numeric
                                             and exists (select from pg_catalog.pg_stat_wal_receiver
                                                         where status = 'streaming'), false) as follows
                                    """,
                                    Long.toString(MOST_BEHIND_BYTES))
                            .single()
                            .booleanValue("follows");
            return follows ? FOLLOWING : BEHIND;
        }
    }

    /// Whether it is a primary.
    ///
    /// @throws io.howdah.postgres.wire.WireException when it does not answer
    static boolean isPrimary(ConnectionSettings server) {
        return of(server) == PRIMARY;
    }
}
