package io.howdah.node.configuration;

/// What happens when WAL waits for the archive for so long that `max_slot_wal_keep_size` is
/// reached.
public enum ArchiveLimit {
    /// The server lets go of it and goes on; the archive has a gap there, and tells of it.
    DROP_AND_MARK_GAP,
    /// Before that, the primary takes no more writes, until the archive has caught up.
    STOP_WRITES
}
