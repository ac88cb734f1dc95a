package io.howdah.backup.sweep;

/// The points of a sweep behind which the repository is another than before. It may be killed at
/// each of them; the next one goes on.
public enum SweepStep {
    /// A tombstone says what is to go.
    TOMBSTONE_WRITTEN,
    /// Nobody can keep a backup any more.
    BACKUP_LET_GO,
    /// A backup does not exist any more.
    BACKUP_GONE,
    /// A pack is gone.
    PACK_GONE,
    /// A segment or a piece of WAL is gone.
    WAL_GONE,
    /// Something else of a backup that is none is gone.
    REST_GONE,
    /// All that the tombstone named is gone, and the tombstone too.
    TOMBSTONE_GONE
}
