package io.howdah.backup.repository;

import io.howdah.postgres.SystemId;
import java.util.UUID;

/// What `howdah-repository.json` says. Immutable.
///
/// @param format the version of the repository's format
/// @param cluster which cluster's backups these are; a copy of the cluster that goes its own way
///   has the same system identifier and another repository
/// @param systemIdentifier what initdb gave that cluster
public record RepositoryIdentity(int format, UUID cluster, SystemId systemIdentifier) {

    /// The version that this program writes and reads.
    public static final int FORMAT = 1;
}
