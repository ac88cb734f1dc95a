package io.howdah.cluster.member;

import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What a running PostgreSQL says of itself to whoever measures it; the agent needs none of it.
/// Immutable.
///
/// @param startedAtMillis when the postmaster started, in milliseconds since 1970
/// @param replayedAtMillis when the transaction that was replayed last was committed; empty on a
///   primary, and before the first
/// @param replayPaused whether somebody has paused the replay
/// @param waitingForStandbys sessions whose commit waits for standbys
/// @param sessions sessions of clients
/// @param pendingRestart whether a changed setting waits for a restart
/// @param senders who streams from it
public record ServerVitals(
        long startedAtMillis,
        OptionalLong replayedAtMillis,
        boolean replayPaused,
        long waitingForStandbys,
        long sessions,
        boolean pendingRestart,
        List<Sender> senders) {

    /// One that streams from it; not the agent's own session.
    ///
    /// @param role its role
    /// @param name what it calls itself
    /// @param state such as `streaming`
    /// @param syncState such as `quorum`
    /// @param syncPriority its place among synchronous standbys, from 1; 0 when it is none
    public record Sender(
            String role, String name, String state, String syncState, long syncPriority) {}

    public ServerVitals {
        senders = List.copyOf(senders);
    }

    /// Asks in a session of its own: the agent's is not to wait for this.
    static ServerVitals ask(PostgresConnection session) {
        Row row =
                session.query(
                                """
                                select (pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()) * 1000)::bigint as started,
                                       case when pg_catalog.pg_is_in_recovery() then
                                           (pg_catalog.date_part('epoch', pg_catalog.pg_last_xact_replay_timestamp()) * 1000)::bigint
                                       end as replayed,
                                       case when pg_catalog.pg_is_in_recovery()
                                            then pg_catalog.pg_is_wal_replay_paused() else false end as paused,
                                       (select pg_catalog.count(*) from pg_catalog.pg_stat_activity
                                         where wait_event_type = 'IPC' and wait_event = 'SyncRep') as waiting,
                                       (select pg_catalog.count(*) from pg_catalog.pg_stat_activity
                                         where backend_type = 'client backend') as sessions,
                                       exists (select from pg_catalog.pg_settings where pending_restart) as pending
                                """)
                        .single();
        return new ServerVitals(
                row.longValue("started"),
                row.optionalLong("replayed"),
                row.booleanValue("paused"),
                row.longValue("waiting"),
                row.longValue("sessions"),
                row.booleanValue("pending"),
                senders(session));
    }

    private static List<Sender> senders(PostgresConnection session) {
        List<Sender> senders = new ArrayList<>();
        for (Row row :
                session.query(
                        """
                        select coalesce(usename, '') as role, coalesce(application_name, '') as name,
                               coalesce(state, '') as state, coalesce(sync_state, '') as sync,
                               coalesce(sync_priority, 0) as priority
                          from pg_catalog.pg_stat_replication
                         where application_name is distinct from 'howdah agent'
                         order by application_name, pid
                        """)) {
            senders.add(
                    new Sender(
                            row.text("role"),
                            row.text("name"),
                            row.text("state"),
                            row.text("sync"),
                            row.longValue("priority")));
        }
        return senders;
    }
}
