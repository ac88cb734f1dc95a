package io.howdah.backup.take;

/// The points of a backup behind which the repository or the server is another than before. A
/// backup may be killed at each of them; the next one works, and goes on with what was stored.
public enum TakeStep {
    /// The server knows that a backup is under way.
    STARTED,
    /// A piece of the manifest, and all the packs that it names, are stored.
    PART_STORED,
    /// Every file was read.
    FILES_READ,
    /// The server has ended the backup.
    STOPPED,
    /// The WAL that the backup needs is stored.
    WAL_STORED,
    /// The manifest is stored to its end.
    MANIFEST_STORED,
    /// The backup exists.
    PUBLISHED
}
