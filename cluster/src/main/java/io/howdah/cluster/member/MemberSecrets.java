package io.howdah.cluster.member;

import io.howdah.postgres.wire.Secret;

/// The passwords of Howdah's own roles in PostgreSQL, the same on every node.
///
/// @param replication of the role that members replicate with
/// @param rewind of the role that members rewind with
/// @param backup of the role that takes backups
/// @param monitor of the role that metrics are read with
/// @param lookup of the role that asks for the verifiers of other roles' passwords
public record MemberSecrets(
        Secret replication, Secret rewind, Secret backup, Secret monitor, Secret lookup) {}
