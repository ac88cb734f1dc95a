package io.howdah.backup.take;

import io.howdah.backup.BackupException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Row;
import java.time.Duration;
import java.time.Instant;

/// The session in which the server knows of a backup; all SQL of one. When the session ends before
/// [#stop], the server forgets the backup. A slot of the session keeps the WAL that the backup
/// needs. Not thread-safe; to be closed.
final class BackupSession implements AutoCloseable {

    /// Nothing bounds the time that a checkpoint takes.
    private static final Duration CHECKPOINT = Duration.ofHours(12);

    /// How long a machine may stand still without ending a backup.
    private static final Duration STALL = Duration.ofMinutes(15);

    /// What the server says when a backup ends.
    ///
    /// @param stopLsn replay must reach it
    /// @param stopTime by the server's clock
    /// @param label the content of `backup_label`
    record Stopped(Lsn stopLsn, Instant stopTime, BackupLabel label) {}

    private final PostgresConnection connection;
    private final SystemId systemId;
    private final boolean standby;

    private BackupSession(PostgresConnection connection) {
        this.connection = connection;
        Row row =
                connection
                        .query(
                                "select system_identifier::text as id,"
                                        + " pg_catalog.pg_is_in_recovery() as standby"
                                        + " from pg_catalog.pg_control_system()")
                        .single();
        this.systemId = SystemId.parse(row.text("id"));
        this.standby = row.booleanValue("standby");
    }

    static BackupSession open(ConnectionSettings settings) {
        PostgresConnection connection =
                PostgresConnection.open(
                        settings.withApplicationName("howdah backup")
                                // It is idle for as long as files are read.
                                .withServerSetting("idle_session_timeout", "0")
                                .withServerSetting("statement_timeout", "0"));
        try {
            return new BackupSession(connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    SystemId systemId() {
        return systemId;
    }

    boolean isStandby() {
        return standby;
    }

    String serverVersion() {
        return connection.serverVersion().toString();
    }

    /// About how many bytes there are to read.
    long estimatedBytes() {
        return connection
                .queryWithin(
                        CHECKPOINT,
                        "select pg_catalog.sum(pg_catalog.pg_tablespace_size(oid))::bigint as bytes"
                                + " from pg_catalog.pg_tablespace")
                .single()
                .longValue("bytes");
    }

    /// Begins the backup, with a checkpoint at once.
    ///
    /// @return where replay begins
    Lsn start(String label) {
        connection.queryWithin(
                CHECKPOINT,
                "select from pg_catalog.pg_create_physical_replication_slot("
                        + "'howdah_backup_' || pg_catalog.pg_backend_pid(), true, true)");
        return connection
                .queryWithin(
                        CHECKPOINT, "select pg_catalog.pg_backup_start($1, true) as lsn", label)
                .single()
                .lsn("lsn");
    }

    /// Up to where the server's WAL is written, or on a standby replayed.
    Lsn written() {
        return connection
                .queryWithin(
                        STALL,
                        "select case when pg_catalog.pg_is_in_recovery()"
                                + " then pg_catalog.pg_last_wal_replay_lsn()"
                                + " else pg_catalog.pg_current_wal_flush_lsn() end as written")
                .single()
                .optionalLsn("written")
                .orElse(Lsn.ZERO);
    }

    /// The server needs to keep no WAL before that for the backup.
    void release(Lsn position) {
        connection.queryWithin(
                STALL,
                "select from pg_catalog.pg_replication_slot_advance('howdah_backup_' ||"
                        + " pg_catalog.pg_backend_pid(), $1::text::pg_catalog.pg_lsn)",
                position.toString());
    }

    /// The timeline of the checkpoint that a backup begins with.
    TimelineId timeline() {
        return new TimelineId(
                connection
                        .query(
                                "select timeline_id::bigint as timeline"
                                        + " from pg_catalog.pg_control_checkpoint()")
                        .single()
                        .longValue("timeline"));
    }

    /// Ends the backup.
    ///
    /// @throws io.howdah.postgres.wire.PostgresServerException when the server was promoted
    ///   meanwhile
    /// @throws BackupException when the server, a standby, has followed another primary into its
    ///   timeline meanwhile, or says something that cannot be understood
    Stopped stop() {
        Row row =
                connection
                        .queryWithin(
                                CHECKPOINT,
                                "select lsn, labelfile, pg_catalog.to_char(pg_catalog.timezone("
                                        + "'UTC', pg_catalog.clock_timestamp()),"
                                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as now"
                                        + " from pg_catalog.pg_backup_stop(false)")
                        .single();
        var label = BackupLabel.parse(row.text("labelfile"));
        if (standby) {
            requireStillOn(label.timeline());
        }
        return new Stopped(row.lsn("lsn"), Instant.parse(row.text("now")), label);
    }

    /// A standby ends a backup where its control file says that it becomes consistent, and does not
    /// say on which timeline that is. Since then it can only have gone on.
    private void requireStillOn(TimelineId begun) {
        long ended =
                connection
                        .query(
                                "select min_recovery_end_timeline::bigint as timeline"
                                        + " from pg_catalog.pg_control_recovery()")
                        .single()
                        .longValue("timeline");
        if (ended > begun.value()) {
            throw new BackupException(
                    "the standby has followed a new primary from timeline "
                            + begun
                            + " to "
                            + ended
                            + " while it was backed up: this backup would lack what lies between",
                    "run it again; it goes on with what was stored");
        }
    }

    /// The server's clock.
    Instant now() {
        return Instant.parse(
                connection
                        .query(
                                "select pg_catalog.to_char(pg_catalog.timezone('UTC',"
                                        + " pg_catalog.clock_timestamp()),"
                                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as now")
                        .single()
                        .text("now"));
    }

    @Override
    public void close() {
        connection.close();
    }
}
