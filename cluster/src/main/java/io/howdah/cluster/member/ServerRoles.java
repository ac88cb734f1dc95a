package io.howdah.cluster.member;

/// The roles that Howdah makes in PostgreSQL, each with no more than it needs.
final class ServerRoles {

    /// Physical replication, base backups, and their slots.
    static final String REPLICATION = "howdah_replication";

    /// What `pg_rewind` reads, and a checkpoint before it.
    static final String REWIND = "howdah_rewind";

    /// Owns the cluster; over the local socket only.
    static final String SUPERUSER = "postgres";

    private ServerRoles() {}
}
