package io.howdah.backup.catalog;

/// What has become of a backup that was begun. What its `backup.json` says is said once and for
/// all, whoever has put it first.
public sealed interface BackupState {

    /// It exists.
    record Finished(BackupRecord backup) implements BackupState {}

    /// It was given up before it existed, and never will.
    ///
    /// @param parts how many parts of its manifest count: those that were there by then
    record Withdrawn(int parts) implements BackupState {}

    /// It is under way, or was interrupted.
    record Unfinished() implements BackupState {}
}
