package io.howdah.backup.restore;

import io.howdah.backup.catalog.BackupId;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What is to be restored, and how. Immutable.
///
/// @param directory where the data directory is to be
/// @param target up to where WAL is replayed
/// @param backup which backup; empty for the newest one that reaches the target
/// @param timeline which timeline is followed; empty for the newest
/// @param tablespaces where tablespaces go, by where they were; others go where they were
/// @param ending what becomes of the server
/// @param delta whether what is in the directory is replaced; what is right already stays
/// @param skipDamaged whether what cannot be read from the repository becomes zeros
/// @param workers how many threads write, 1 to 64
public record RestoreRequest(
        Path directory,
        RestoreTarget target,
        Optional<BackupId> backup,
        Optional<TimelineId> timeline,
        Map<Path, Path> tablespaces,
        Ending ending,
        boolean delta,
        boolean skipDamaged,
        int workers) {

    /// What becomes of the server.
    public enum Ending {
        /// WAL is replayed, and the server stopped in order.
        STOPPED,
        /// WAL is replayed at its first start, which is somebody else's.
        PREPARED,
        /// WAL is replayed by a standby that is made of it, and goes on to follow its primary; that
        /// it is one is left to whoever starts it.
        FOLLOWER,
        /// WAL is replayed, and the server runs on, on its private socket.
        RUNNING,
        /// As above, until all of it is deleted: so nothing of it may lie outside of the directory,
        /// but for the tablespaces that go where they were told to.
        SCRATCH
    }

    /// @throws IllegalArgumentException when the workers are out of their range, or a copy that is
    ///   to be as the original may have lost something
    public RestoreRequest {
        directory = directory.toAbsolutePath().normalize();
        tablespaces = Map.copyOf(tablespaces);
        if (workers < 1 || workers > 64) {
            throw new IllegalArgumentException("workers must be 1 to 64, not " + workers);
        }
        if (skipDamaged && (ending == Ending.FOLLOWER || ending == Ending.SCRATCH)) {
            throw new IllegalArgumentException("damage is not skipped for a " + ending);
        }
    }

    /// One that skips nothing.
    public RestoreRequest(
            Path directory,
            RestoreTarget target,
            Optional<BackupId> backup,
            Optional<TimelineId> timeline,
            Map<Path, Path> tablespaces,
            Ending ending,
            boolean delta,
            int workers) {
        this(directory, target, backup, timeline, tablespaces, ending, delta, false, workers);
    }

    /// The same from that backup.
    public RestoreRequest withBackup(BackupId id) {
        return new RestoreRequest(
                directory,
                target,
                Optional.of(id),
                timeline,
                tablespaces,
                ending,
                delta,
                skipDamaged,
                workers);
    }
}
