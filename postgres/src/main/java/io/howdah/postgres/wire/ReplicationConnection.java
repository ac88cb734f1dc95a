package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.PostgresVersion;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A session for the commands of physical replication. The role needs the attribute REPLICATION,
/// and `pg_hba.conf` a line for the database `replication`. Deadlines, failures and threads as with
/// `PostgresConnection`.
public final class ReplicationConnection implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 * 1024;

    /// 1 MB to 1 GB.
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,3})([MG])B");

    private final Wire wire;
    private final Duration callTimeout;

    /// @param wire a session of physical replication that has begun
    ReplicationConnection(Wire wire, Duration callTimeout) {
        this.wire = wire;
        this.callTimeout = callTimeout;
    }

    /// Connects and authenticates, as `PostgresConnection.open` does.
    public static ReplicationConnection open(ConnectionSettings settings) {
        return new ReplicationConnection(
                PostgresConnection.openWire(settings, Map.of("replication", "true"), BUFFER_BYTES),
                settings.callTimeout());
    }

    /// Asks who the server is and how far its WAL goes.
    public SystemIdentity identifySystem() {
        Row row = command("IDENTIFY_SYSTEM").single();
        return new SystemIdentity(
                systemId(row), timeline(row.longValue("timeline")), row.lsn("xlogpos"));
    }

    /// The size of one file of the server's WAL, in bytes.
    public int walSegmentBytes() {
        String text = command("SHOW wal_segment_size").single().text("wal_segment_size");
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new UnexpectedResultException("not the size of a file of WAL: '" + text + "'");
        }
        int megabytes = Integer.parseInt(size.group(1)) * (size.group(2).equals("G") ? 1024 : 1);
        return megabytes << 20;
    }

    /// Reads the history of a timeline. Timeline 1 has no ancestors and no file: the server is not
    /// asked then.
    ///
    /// @throws PostgresServerException when the server has no such file (`58P01`)
    public TimelineHistoryFile timelineHistory(TimelineId timeline) {
        if (timeline.equals(TimelineId.FIRST)) {
            return new TimelineHistoryFile(
                    timeline.historyFileName(), "", TimelineHistory.startingAt(timeline));
        }
        Row row = command("TIMELINE_HISTORY " + timeline).single();
        String content = row.text("content");
        try {
            return new TimelineHistoryFile(
                    row.text("filename"), content, TimelineHistory.parse(timeline, content));
        } catch (IllegalArgumentException e) {
            throw new UnexpectedResultException(
                    "the server's history of timeline "
                            + timeline
                            + " is damaged: "
                            + e.getMessage(),
                    e);
        }
    }

    /// Creates a physical slot.
    ///
    /// @param reserveWal whether the server keeps WAL for it from now on, not only from the first
    ///   connection that uses it
    /// @throws PostgresServerException when there is one of that name (`42710`), or no room for
    ///   more (`53400`)
    public void createPhysicalSlot(SqlIdentifier name, boolean reserveWal) {
        command(
                "CREATE_REPLICATION_SLOT "
                        + name.quoted()
                        + " PHYSICAL"
                        + (reserveWal ? " (RESERVE_WAL)" : ""));
    }

    /// Reads the state of a physical slot; empty when there is no such slot.
    ///
    /// @throws PostgresServerException when it is a logical one
    public Optional<PhysicalSlot> readSlot(SqlIdentifier name) {
        Row row = command("READ_REPLICATION_SLOT " + name.quoted()).single();
        if (row.isNull("slot_type")) {
            return Optional.empty();
        }
        Lsn restart = row.optionalLsn("restart_lsn").orElse(null);
        return Optional.of(
                new PhysicalSlot(
                        restart,
                        row.isNull("restart_tli") ? null : timeline(row.longValue("restart_tli"))));
    }

    /// Drops a slot.
    ///
    /// @param wait whether to wait, within the call's time, until a connection that uses the slot
    ///   lets go of it
    /// @throws PostgresServerException when there is no such slot (`42704`), or it is in use
    ///   (`55006`)
    public void dropSlot(SqlIdentifier name, boolean wait) {
        command("DROP_REPLICATION_SLOT " + name.quoted() + (wait ? " WAIT" : ""));
    }

    /// Copies the whole server into an empty or absent directory while it runs, and returns when
    /// every file is checked against the backup's manifest and flushed to disk. The files belong to
    /// this process's user, with mode 0600, the directories 0700. A failure removes nothing.
    ///
    /// There is no limit on the whole, only on silence: `request.silenceLimit()`. The connection is
    /// usable afterwards when the server ended the command, with or without an error; otherwise it
    /// is closed.
    ///
    /// @throws BaseBackupException when the target is not empty, the copy is not what the manifest
    ///   says, or a file cannot be written
    /// @throws PostgresServerException when the server reports a failure, at its very end too
    public BaseBackupResult baseBackup(
            BaseBackupRequest request, Path target, BaseBackupListener listener) {
        return new BaseBackup(wire, request, target, listener).run();
    }

    /// Prepares a stream of WAL, which has the connection to itself while it runs.
    public WalStream walStream(WalStreamRequest request) {
        return new WalStream(wire, request);
    }

    /// The server's version.
    public PostgresVersion serverVersion() {
        return PostgresConnection.serverVersion(wire);
    }

    /// Whether the connection works as far as is known.
    public boolean isOpen() {
        return wire.isOpen();
    }

    /// Ends the session. A call that is running in another thread fails.
    @Override
    public void close() {
        wire.close();
    }

    private Rows command(String text) {
        Statement statement = new Statement(wire);
        String verb = text.substring(0, text.indexOf(' ') < 0 ? text.length() : text.indexOf(' '));
        return wire.call(callTimeout, verb, () -> statement.last(text));
    }

    static SystemId systemId(Row row) {
        try {
            return SystemId.parse(row.text("systemid"));
        } catch (IllegalArgumentException e) {
            throw new UnexpectedResultException("the server's identity is damaged", e);
        }
    }

    static TimelineId timeline(long number) {
        try {
            return new TimelineId(number);
        } catch (IllegalArgumentException e) {
            throw new UnexpectedResultException("the server names an impossible timeline", e);
        }
    }
}
