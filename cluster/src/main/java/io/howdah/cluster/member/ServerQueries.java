package io.howdah.cluster.member;

import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.Rows;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.SystemIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All SQL that the agent runs on its own server, over the local socket as the superuser. Keeps one
/// session open, and one of replication while the end of WAL is asked for. For one thread; `close`
/// from any.
final class ServerQueries implements AutoCloseable {

    /// What a server says of itself.
    ///
    /// @param received null on a primary, and while a standby still reads local WAL
    /// @param position flushed (primary) or replayed (standby)
    /// @param timeline of a primary, or of a standby that receives; null otherwise
    /// @param leaderEnd how far the primary has written, as its sender said last; null unless a
    ///   receiver is at work
    record Observation(
            boolean recovering,
            @Nullable Lsn received,
            Lsn position,
            @Nullable TimelineId timeline,
            boolean receiving,
            @Nullable Lsn leaderEnd) {}

    private static final String DUPLICATE_OBJECT = "42710";

    private final SuperuserDoor door;
    private final @Nullable String archiveSlot;
    private @Nullable PostgresConnection session;
    private @Nullable ReplicationConnection walSession;

    ServerQueries(SuperuserDoor door, @Nullable String archiveSlot) {
        this.door = door;
        this.archiveSlot = archiveSlot;
    }

    Observation observe() {
        Row row =
                session()
                        .query(
                                """
                                select pg_catalog.pg_is_in_recovery() as recovering,
                                       case when pg_catalog.pg_is_in_recovery()
                                            then pg_catalog.pg_last_wal_receive_lsn() end as received,
                                       case when pg_catalog.pg_is_in_recovery()
                                            then pg_catalog.pg_last_wal_replay_lsn()
                                            else pg_catalog.pg_current_wal_flush_lsn() end as position,
                                       case when pg_catalog.pg_is_in_recovery()
                                            then (select received_tli::bigint from pg_catalog.pg_stat_wal_receiver
                                                   where status = 'streaming')
                                            else ('x' || pg_catalog.substr(
                                                    pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_flush_lsn()), 1, 8)
                                                 )::bit(32)::bigint end as timeline,
                                       exists (select from pg_catalog.pg_stat_wal_receiver
                                                where status = 'streaming') as receiving,
                                       (select latest_end_lsn from pg_catalog.pg_stat_wal_receiver) as leader_end
                                """)
                        .single();
        return new Observation(
                row.booleanValue("recovering"),
                row.optionalLsn("received").orElse(null),
                row.optionalLsn("position").orElse(Lsn.ZERO),
                row.optionalLong("timeline").isPresent()
                        ? new TimelineId(row.optionalLong("timeline").getAsLong())
                        : null,
                row.booleanValue("receiving"),
                row.optionalLsn("leader_end").orElse(null));
    }

    /// How far a standby's WAL reaches, with the timeline of its last byte. Empty while local WAL
    /// is not read to its end: only then does the startup process ask for streaming, and the
    /// receive position become known. IDENTIFY_SYSTEM counts what was received only on the timeline
    /// that is replayed; so it is asked until it covers all that was received.
    Optional<SystemIdentity> flushedEnd() {
        Observation seen = observe();
        if (!seen.recovering() || seen.received() == null) {
            return Optional.empty();
        }
        SystemIdentity identity = identifySystem();
        Lsn end = Lsn.max(seen.received(), seen.position());
        return identity.position().isAtLeast(end) ? Optional.of(identity) : Optional.empty();
    }

    /// An election asks for it again and again, in which a process for each question would take the
    /// time of those that matter.
    private SystemIdentity identifySystem() {
        ReplicationConnection open = walSession;
        if (open == null || !open.isOpen()) {
            open = ReplicationConnection.open(door.settings());
            walSession = open;
        }
        return open.identifySystem();
    }

    /// The end of WAL is not asked for any more, for now: what that needed is given back.
    void closeWalSession() {
        ReplicationConnection open = walSession;
        walSession = null;
        if (open != null) {
            open.close();
        }
    }

    /// Whether a question needs no new connection.
    boolean isConnected() {
        PostgresConnection open = session;
        return open != null && open.isOpen();
    }

    List<Follower> followers() {
        Rows rows =
                session()
                        .query(
                                """
                                select r.application_name as name,
                                       r.state = 'streaming' and exists (
                                           select from pg_catalog.pg_replication_slots s
                                            where s.active_pid = r.pid
                                              and r.application_name like
                                                  pg_catalog.replace(pg_catalog.substr(s.slot_name, 8), '_', '\\_') || '\\_%'
                                       ) as streaming,
                                       r.flush_lsn as flushed, r.replay_lsn as replayed
                                  from pg_catalog.pg_stat_replication r
                                """);
        List<Follower> followers = new ArrayList<>();
        for (Row row : rows) {
            Follower.StandbyName.parse(row.text("name"))
                    .ifPresent(name ->
                            followers.add(
                                    new Follower(
                                            name,
                                            row.booleanValue("streaming"),
                                            row.optionalLsn("flushed").orElse(Lsn.ZERO),
                                            row.optionalLsn("replayed").orElse(Lsn.ZERO))));
        }
        return followers;
    }

    List<PendingSetting> pendingRestart() {
        List<PendingSetting> pending = new ArrayList<>();
        for (Row row :
                session()
                        .query(
                                """
                                select s.name, pg_catalog.current_setting(s.name) as running,
                                       coalesce((select f.setting from pg_catalog.pg_file_settings f
                                                  where f.name = s.name order by f.seqno desc limit 1), '') as configured
                                  from pg_catalog.pg_settings s
                                 where s.pending_restart order by s.name
                                """)) {
            pending.add(
                    new PendingSetting(
                            row.text("name"), row.text("running"), row.text("configured")));
        }
        return pending;
    }

    /// The providers that the databases sort by and that have a version here, each with it: as in
    /// `c 2.36, i 153.112`. The databases are the same on every member, what they sort by is not.
    /// What one connection cannot see, collations of single columns in other databases, is left
    /// out.
    String collationVersions() {
        return session()
                .query(
                        """
                        select coalesce(pg_catalog.string_agg(provider || ' ' || version, ', ' order by provider, version), '') as versions
                          from (select distinct d.datlocprovider::text as provider,
                                       pg_catalog.pg_database_collation_actual_version(d.oid) as version
                                  from pg_catalog.pg_database d where d.datallowconn) as used
                         where version is not null
                        """)
                .single()
                .text("versions");
    }

    Lsn flushLsn() {
        return session()
                .query("select pg_catalog.pg_current_wal_flush_lsn() as lsn")
                .single()
                .lsn("lsn");
    }

    /// What `synchronous_standby_names` is, by the configuration that was read last.
    String synchronousNames() {
        return names(session());
    }

    private static String names(PostgresConnection session) {
        return session.query(
                        "select pg_catalog.current_setting('synchronous_standby_names') as names")
                .single()
                .text("names");
    }

    /// What new sessions take `synchronous_standby_names` to be; asked in a new session, which the
    /// postmaster forks after it has read its files.
    String synchronousNamesOfNewSessions() {
        try (PostgresConnection fresh = door.open()) {
            return names(fresh);
        }
    }

    /// Takes away what somebody set by ALTER SYSTEM, which would win over the file.
    void resetAlteredNames() {
        session().execute("alter system reset synchronous_standby_names");
    }

    /// The same for any setting.
    void resetAltered(String name) {
        session().execute("alter system reset " + new SqlIdentifier(name));
    }

    /// Undoes what would keep the agent out of its own server, and goes back to the database
    /// `postgres`.
    ///
    /// @throws io.howdah.postgres.PostgresException where that cannot be undone, with what to do
    void keepDoorOpen() {
        if (SuperuserDoor.keepOpen(session())) {
            close();
        }
    }

    /// Ends every WAL sender that started before now, but for those that send a base backup: these
    /// acknowledge nothing, and read the settings before they begin to stream.
    ///
    /// @return their process numbers
    Set<Long> endWalSenders() {
        Set<Long> ended = new TreeSet<>();
        session()
                .query(
                        "select pid::bigint as pid, pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_replication where state <> 'backup'")
                .forEach(row -> ended.add(row.longValue("pid")));
        return ended;
    }

    Set<Long> walSenders() {
        Set<Long> senders = new TreeSet<>();
        session()
                .query("select pid::bigint as pid from pg_catalog.pg_stat_replication")
                .forEach(row -> senders.add(row.longValue("pid")));
        return senders;
    }

    /// Begins a transaction whose commit has to wait for standbys, if commits do. Returns when it
    /// is acknowledged or cancelled.
    static void probeCommit(PostgresConnection probe) {
        probe.executeWithin(
                Duration.ofSeconds(30),
                "select pg_catalog.pg_logical_emit_message(true, 'howdah', 'probe')");
    }

    PostgresConnection open() {
        return door.open();
    }

    long backendPid(PostgresConnection connection) {
        return connection
                .query("select pg_catalog.pg_backend_pid()::bigint as pid")
                .single()
                .longValue("pid");
    }

    /// Whether that session waits for standbys.
    boolean waitsForStandbys(long pid) {
        return session()
                .query(
                        "select wait_event is not distinct from 'SyncRep' as waits from pg_catalog.pg_stat_activity where pid = $1",
                        pid)
                .first()
                .map(row -> row.booleanValue("waits"))
                .orElse(false);
    }

    void cancel(long pid) {
        session().query("select pg_catalog.pg_cancel_backend($1)", pid);
    }

    void requestPromotion() {
        session().query("select pg_catalog.pg_promote(false)");
    }

    /// How far a standby has replayed; empty on a primary.
    Optional<Lsn> replayedWhileRecovering() {
        return session()
                .query(
                        """
                        select case when pg_catalog.pg_is_in_recovery()
                                    then coalesce(pg_catalog.pg_last_wal_replay_lsn(), '0/0') end as replayed
                        """)
                .single()
                .optionalLsn("replayed");
    }

    /// Ends the sessions with a transaction, those of logical subscribers included, where the
    /// replay of WAL waits for one. Which one that is PostgreSQL does not say.
    ///
    /// @return how many
    long endConflictingSessions() {
        return session()
                .query(
                        """
                        select pg_catalog.count(pg_catalog.pg_terminate_backend(a.pid)) as ended
                          from pg_catalog.pg_stat_activity a
                         where a.backend_type in ('client backend', 'walsender') and a.pid <> pg_catalog.pg_backend_pid()
                           and a.xact_start is not null
                           and exists (select from pg_catalog.pg_stat_activity s
                                        where s.backend_type = 'startup'
                                          and (s.wait_event_type in ('Lock', 'BufferPin')
                                               or s.wait_event like 'RecoveryConflict%'))
                        """)
                .single()
                .longValue("ended");
    }

    void checkpoint() {
        session().executeWithin(Duration.ofSeconds(60), "checkpoint");
    }

    /// Makes the missing slots, and drops those of ours that are not wanted. On a primary a slot
    /// keeps WAL from the start; on a standby it must keep none, as nobody moves it: one that does
    /// (a former primary's) is made anew. So is one that kept more WAL than it may and is lost:
    /// nobody could stream through it any more. The archive's is its own to make and to move.
    void keepSlots(Set<NodeName> members, boolean primary) {
        Set<String> wanted = new TreeSet<>();
        members.forEach(member -> wanted.add(member.slotName()));
        for (Row row :
                session()
                        .query(
                                """
                                select slot_name as name, active, active_pid::bigint as pid, restart_lsn is not null as holds,
                                       wal_status is not distinct from 'lost' as lost
                                  from pg_catalog.pg_replication_slots
                                 where slot_type = 'physical' and not temporary and slot_name like 'howdah\\_%'
                                """)) {
            boolean archives = row.text("name").equals(archiveSlot);
            boolean strangers = !archives && !wanted.contains(row.text("name"));
            boolean stale =
                    strangers
                            || (!primary && !archives && row.booleanValue("holds"))
                            || row.booleanValue("lost");
            if (primary && strangers && row.booleanValue("active")) {
                // who streams through it was taken out; the slot goes at the next look
                session()
                        .query(
                                "select pg_catalog.pg_terminate_backend($1::int)",
                                row.longValue("pid"));
            } else if (stale && !row.booleanValue("active")) {
                session().query("select pg_catalog.pg_drop_replication_slot($1)", row.text("name"));
            } else {
                wanted.remove(row.text("name"));
            }
        }
        wanted.forEach(name -> createSlot(name, primary));
    }

    /// A member that copies from here makes its own slot, perhaps at the same moment.
    private void createSlot(String name, boolean primary) {
        try {
            session()
                    .query(
                            "select pg_catalog.pg_create_physical_replication_slot($1, $2)",
                            name,
                            primary);
        } catch (PostgresServerException e) {
            if (!e.sqlState().equals(DUPLICATE_OBJECT)) {
                throw e;
            }
        }
    }

    private PostgresConnection session() {
        PostgresConnection open = session;
        if (open == null || !open.isOpen()) {
            open = door.open();
            // what the agent does itself must never wait for standbys: it is the one that brings
            // them; and it looks after its server also where nobody else may write
            open.execute("set synchronous_commit = local; set default_transaction_read_only = off");
            session = open;
        }
        return open;
    }

    @Override
    public void close() {
        closeWalSession();
        PostgresConnection open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }
}
