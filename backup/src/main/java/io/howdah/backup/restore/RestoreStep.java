package io.howdah.backup.restore;

/// The points of a restore behind which the directory is another than before. A restore may be
/// killed at each of them; run again, it goes on.
public enum RestoreStep {
    /// The directory bears the mark of this restore.
    MARKED,
    /// What was there before is no database any more.
    CLEARED,
    /// All files are in place, and durable.
    FILES_WRITTEN,
    /// PostgreSQL has begun to replay.
    RECOVERING,
    /// PostgreSQL has reached the target, and is on a timeline of its own.
    PROMOTED,
    /// PostgreSQL has stopped in order, or its first start is left to somebody else.
    ENDED
}
