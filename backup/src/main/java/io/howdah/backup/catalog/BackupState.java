package io.howdah.backup.catalog;

import io.howdah.backup.BackupException;

/// What has become of a backup that was begun. What its `backup.json` says is said once and for
/// all, whoever has put it first.
public sealed interface BackupState {

    /// It exists.
    record Finished(BackupRecord backup) implements BackupState {}

    /// It was given up before it existed, and never will.
    ///
    /// @param parts how many parts of its manifest count: those that were there by then
    record Withdrawn(int parts) implements BackupState {}

    /// What became of it cannot be read any more.
    ///
    /// @param id its name
    /// @param how what is wrong with its `backup.json`
    record Damaged(BackupId id, String how) implements BackupState {

        /// For who cannot do without it.
        public BackupException refusal() {
            return new BackupException(
                    how,
                    "put "
                            + id.object()
                            + " back from a copy; or delete it, and the backup is gone: others do not"
                            + " need it");
        }
    }

    /// It is under way, or was interrupted.
    record Unfinished() implements BackupState {}
}
