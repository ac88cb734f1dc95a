package io.howdah.node.backup;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Which backups there are in one repository. Immutable.
///
/// @param repository where it lies, without secrets
/// @param newest when the newest one ended, by the clock of its server; null where there is none
/// @param lastTried the id of what was tried last; null where nothing is known of it
/// @param lastSucceeded whether that is a backup; null where nothing is known of it
/// @param verified when it was last read as a whole, on a schedule; null where it was not
/// @param silent whether it did not answer when it was last looked at: then the others say what was
///   seen before, if anything was
public record RepositoryBackups(
        String repository,
        @Nullable Instant newest,
        @Nullable String lastTried,
        @Nullable Boolean lastSucceeded,
        @Nullable Verified verified,
        boolean silent) {

    /// Of one that has never answered, or holds no repository.
    static RepositoryBackups nothing(String repository) {
        return new RepositoryBackups(repository, null, null, null, null, false);
    }

    /// The same of one that does not answer now.
    RepositoryBackups silenced() {
        return new RepositoryBackups(repository, newest, lastTried, lastSucceeded, verified, true);
    }

    /// Whether it is known to hold no backup.
    public boolean lacksBackup() {
        return newest == null && !silent;
    }

    /// What was found then. Immutable.
    ///
    /// @param at when it ended, by the clock of who did it
    /// @param damageCount how much damage there is
    /// @param gaps how many stretches of WAL are missing
    public record Verified(Instant at, long damageCount, int gaps) {}
}
