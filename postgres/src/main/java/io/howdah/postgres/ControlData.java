package io.howdah.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What `global/pg_control` says: the identity and the state of a data directory. Read straight
/// from the file, as the embedded PostgreSQL has no `pg_controldata`. Immutable.
///
/// @param systemId the identity from initdb
/// @param controlVersion the version of the file's layout: 1300 to 1800
/// @param state what the server was doing when it last wrote the file
/// @param checkpoint the position of the last checkpoint record
/// @param redo where replay begins after a crash
/// @param checkpointTimeline the timeline of that checkpoint
/// @param minRecoveryPoint up to where a standby must replay before it is consistent; zero on a
///   primary
/// @param minRecoveryTimeline the timeline of that position; empty when there is none
/// @param pageBytes the size of a relation's pages
/// @param segmentPages how many pages a file of a relation has before the next one begins
/// @param walSegmentBytes the size of one WAL file
/// @param dataChecksumVersion 0 when pages carry no checksums
/// @param minimalWal whether its WAL lacks what a standby or an archive needs (`wal_level` minimal)
/// @param required what a standby of this data must have at least, by the settings' names: what its
///   primary ran with
public record ControlData(
        SystemId systemId,
        int controlVersion,
        State state,
        Lsn checkpoint,
        Lsn redo,
        TimelineId checkpointTimeline,
        Lsn minRecoveryPoint,
        Optional<TimelineId> minRecoveryTimeline,
        int pageBytes,
        int segmentPages,
        int walSegmentBytes,
        int dataChecksumVersion,
        boolean minimalWal,
        Map<String, Integer> required) {

    /// What the server was doing, in the order of PostgreSQL's own numbers.
    public enum State {
        /// initdb is at work, or did not end.
        STARTING_UP,
        /// A primary, stopped in order.
        SHUT_DOWN,
        /// A standby, stopped in order.
        SHUT_DOWN_IN_RECOVERY,
        /// On its way down, or ended on it.
        SHUTTING_DOWN,
        /// Replaying its own WAL after a crash.
        IN_CRASH_RECOVERY,
        /// A standby, running or crashed.
        IN_ARCHIVE_RECOVERY,
        /// A primary, running or crashed.
        IN_PRODUCTION;

        /// Whether the server ended in order: nothing is left to replay.
        public boolean isCleanlyStopped() {
            return this == SHUT_DOWN || this == SHUT_DOWN_IN_RECOVERY;
        }
    }

    private static final String FILE = "global/pg_control";
    private static final int LAYOUT_13 = 1300;
    private static final int LAYOUT_18 = 1800;
    private static final int CHECKSUM_OFFSET_BEFORE_18 = 288;
    private static final int CHECKSUM_OFFSET_SINCE_18 = 292;

    /// The server writes while we read: a torn read shows as a wrong checksum and is read again.
    private static final int MOST_READS = 20;

    /// The timeline that a standby had come to when the file was written.
    public TimelineId replayedTimeline() {
        return minRecoveryTimeline
                .map(recovered -> TimelineId.max(recovered, checkpointTimeline))
                .orElse(checkpointTimeline);
    }

    /// Whether the pages of this database carry checksums.
    public boolean hasDataChecksums() {
        return dataChecksumVersion != 0;
    }

    /// Reads the file of a data directory.
    ///
    /// @throws PostgresException when it is missing, damaged or of an unknown layout
    static ControlData read(Path dataDirectory) {
        return parse(content(dataDirectory), dataDirectory.resolve(FILE));
    }

    /// The file of a data directory, whole: as it was written at once.
    ///
    /// @throws PostgresException when it is missing, damaged or of an unknown layout
    static byte[] content(Path dataDirectory) {
        Path file = dataDirectory.resolve(FILE);
        for (int attempt = 1; ; attempt++) {
            try {
                byte[] content = Files.readAllBytes(file);
                ControlData _ = parse(content, file);
                return content;
            } catch (IOException e) {
                throw new PostgresException(
                        "cannot read " + file + ": " + e.getMessage(),
                        "check that " + dataDirectory + " is a whole data directory",
                        e);
            } catch (DamagedException e) {
                if (attempt >= MOST_READS) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    /// Reads the content of the file.
    ///
    /// @throws PostgresException when it is damaged or of an unknown layout
    static ControlData parse(byte[] content, Path file) {
        ByteBuffer data = ByteBuffer.wrap(content).order(ByteOrder.nativeOrder());
        if (content.length < CHECKSUM_OFFSET_SINCE_18 + Integer.BYTES) {
            throw new DamagedException(file, "it has " + content.length + " bytes only");
        }
        int version = data.getInt(8);
        if (version < LAYOUT_13 || version / 100 > LAYOUT_18 / 100) {
            throw new PostgresException(
                    file + " has the unknown layout " + version,
                    "use a data directory of PostgreSQL 15 to 18, made on this kind of processor");
        }
        int checksumOffset =
                version >= LAYOUT_18 ? CHECKSUM_OFFSET_SINCE_18 : CHECKSUM_OFFSET_BEFORE_18;
        CRC32C checksum = new CRC32C();
        checksum.update(content, 0, checksumOffset);
        if ((int) checksum.getValue() != data.getInt(checksumOffset)) {
            throw new DamagedException(file, "its checksum is wrong");
        }
        int state = data.getInt(16);
        if (state < 0 || state >= State.values().length) {
            throw new DamagedException(file, "its state is " + state);
        }
        int timeline = data.getInt(48);
        if (timeline == 0) {
            throw new DamagedException(file, "it names no timeline");
        }
        long minRecoveryTimeline = Integer.toUnsignedLong(data.getInt(144));
        return new ControlData(
                new SystemId(data.getLong(0)),
                version,
                State.values()[state],
                new Lsn(data.getLong(32)),
                new Lsn(data.getLong(40)),
                new TimelineId(Integer.toUnsignedLong(timeline)),
                new Lsn(data.getLong(136)),
                minRecoveryTimeline == 0
                        ? Optional.empty()
                        : Optional.of(new TimelineId(minRecoveryTimeline)),
                data.getInt(216),
                data.getInt(220),
                data.getInt(228),
                data.getInt(252),
                data.getInt(172) == 0,
                Map.of(
                        "max_connections", data.getInt(180),
                        "max_worker_processes", data.getInt(184),
                        "max_wal_senders", data.getInt(188),
                        "max_prepared_transactions", data.getInt(192),
                        "max_locks_per_transaction", data.getInt(196)));
    }

    private static final class DamagedException extends PostgresException {
        private static final long serialVersionUID = 1L;

        DamagedException(Path file, String how) {
            super(
                    file + " is damaged: " + how,
                    "replace this data directory by a fresh copy (howdah reinit)");
        }
    }
}
