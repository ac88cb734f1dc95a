package io.howdah.backup.restore;

import io.howdah.backup.catalog.BackupRecord;
import java.util.List;

/// Hears how a restore gets on, from the thread that does it.
public interface RestoreListener {

    /// A backup was chosen.
    default void chosen(BackupRecord backup) {}

    /// A point was reached.
    default void step(RestoreStep step) {}

    /// All files were written, and of some not all could be read from the repository.
    ///
    /// @param parts what became zeros
    default void damaged(List<DamagedPart> parts) {}

    /// Files were written.
    ///
    /// @param written how many bytes are right so far
    /// @param total how many there are
    /// @param kept how many were right before
    default void progress(long written, long total, long kept) {}
}
