package io.howdah.postgres.wire;

/// Hears how a base backup goes. Called by the thread that runs the backup, once a second at most
/// and once at the end; it must return soon.
@FunctionalInterface
public interface BaseBackupListener {

    /// A listener for those who do not care.
    BaseBackupListener NONE = (doneBytes, totalBytes) -> {};

    /// The copy has come this far.
    ///
    /// @param doneBytes what has been received
    /// @param totalBytes the server's estimate of the whole, never below `doneBytes`
    void progressed(long doneBytes, long totalBytes);
}
