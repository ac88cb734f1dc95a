package io.howdah.backup.repository;

import io.howdah.backup.seal.Encryption;
import io.howdah.postgres.SystemId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What `howdah-repository.json` says. Immutable.
///
/// @param format the version of the repository's format
/// @param cluster which cluster's backups these are; a copy of the cluster that goes its own way
///   has the same system identifier and another repository
/// @param systemIdentifier what initdb gave that cluster
/// @param encryption how everything else is encrypted; null where nothing is
public record RepositoryIdentity(
        int format, UUID cluster, SystemId systemIdentifier, @Nullable Encryption encryption) {

    /// The version that this program writes and reads.
    public static final int FORMAT = 1;
}
