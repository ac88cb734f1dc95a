package io.howdah.node.backup;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Which backups there are in one repository. Immutable.
///
/// @param repository where it lies, without secrets
/// @param newest when the newest one ended, by the clock of its server; null where there is none
/// @param lastTried the id of what was tried last; null where nothing is known of it
/// @param lastSucceeded whether that is a backup; null where nothing is known of it
public record RepositoryBackups(
        String repository,
        @Nullable Instant newest,
        @Nullable String lastTried,
        @Nullable Boolean lastSucceeded) {}
